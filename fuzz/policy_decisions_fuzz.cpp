#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "policy/decision_book.h"

// Any bytes as the file of decisions: what is accepted is written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::policy;
    const auto decisions = parse_decisions(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!decisions) return 0;
    for (const auto& each : *decisions)
        HEARTH_ASSERT(each.hash.size() == 64 && each.id().size() == 12);
    const auto again = parse_decisions(decisions_json(*decisions));
    HEARTH_ASSERT(again.has_value());
    HEARTH_ASSERT(*again == *decisions);
    return 0;
}
