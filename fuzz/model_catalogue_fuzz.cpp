#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/catalogue.h"

// Any bytes as a catalogue file; whatever is accepted is an entry that can be pulled.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto layer = hearth::model::parse_catalogue(text, "fuzz.toml");
    if (!layer) {
        if (!layer.error().message().starts_with("fuzz.toml:")) std::abort();
        return 0;
    }
    for (const auto& fault : layer->faults) {
        if (!fault.error.message().starts_with("fuzz.toml:")) std::abort();
    }
    for (const auto& entry : layer->entries) {
        if (entry.name.empty() || entry.sha256.size() != 64 || entry.size.value <= 0 || entry.sources.empty())
            std::abort();
        const auto& lifecycle = entry.lifecycle;
        const bool current = lifecycle.status == hearth::model::Listing::kCurrent;
        const bool delisted = lifecycle.status == hearth::model::Listing::kDelisted;
        if (current && lifecycle != hearth::model::Lifecycle{}) std::abort();
        if (delisted && (lifecycle.reason.empty() || lifecycle.since.size() != 10)) std::abort();
    }
    // Whatever it says, successors end somewhere.
    const auto catalogue = hearth::model::Catalogue::merged({*layer});
    for (const auto& entry : catalogue.entries()) {
        if (catalogue.check_successor(entry)) (void)catalogue.lifecycle_of(entry);
    }
    return 0;
}
