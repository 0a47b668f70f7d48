#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "remote/listing.h"

// Any bytes as a server's list of models: what is accepted can be shown, and counts are within their limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::remote;
    const auto listing = parse_listing(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!listing) return 0;
    for (const ListedModel& model : listing->models) {
        HEARTH_ASSERT(!model.name.empty() && hearth::printable(model.name) == model.name);
        HEARTH_ASSERT(model.context.value >= 0 && model.hops >= 0 && model.hops < kMostHops);
    }
    return 0;
}
