#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/policy_cases.h"
#include "core/result.h"

// Any text as a file of cases: a mistake has its place, and every case that is accepted is whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto cases = hearth::app::parse_policy_cases(
        std::string_view(reinterpret_cast<const char*>(data), size), "/c.toml");
    if (!cases) {
        HEARTH_ASSERT(cases.error().message().starts_with("/c.toml"));
        return 0;
    }
    HEARTH_ASSERT(!cases->empty());
    for (const auto& each : *cases) {
        HEARTH_ASSERT(!each.facts.tool.empty());
        HEARTH_ASSERT(each.facts.tool != "bash" || !each.facts.command.empty());
        HEARTH_ASSERT(each.facts.bytes >= 0 && each.facts.port >= 0);
    }
    return 0;
}
