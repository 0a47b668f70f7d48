#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/catalogue.h"

// Any bytes as a catalogue file; whatever is accepted is an entry that can be pulled.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto entries = hearth::model::parse_catalogue(text, "fuzz.toml");
    if (!entries) {
        if (!entries.error().message().starts_with("fuzz.toml:")) std::abort();
        return 0;
    }
    for (const auto& entry : *entries) {
        if (entry.name.empty() || entry.sha256.size() != 64 || entry.size.value <= 0 || entry.sources.empty())
            std::abort();
    }
    return 0;
}
