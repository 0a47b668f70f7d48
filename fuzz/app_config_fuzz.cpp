#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "app/config_file.h"
#include "app/serve_choices.h"
#include "core/result.h"

// Any text as a config.toml: a mistake has a place, and what is accepted are known settings that hold no more than they may.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using hearth::app::ConfigKind;
    std::vector<hearth::app::ConfigKey> keys;
    for (const auto& each : hearth::app::serve_keys())
        keys.push_back(each.key);
    const auto table = hearth::app::parse_config(std::string_view(reinterpret_cast<const char*>(data), size),
                                                 "/etc/config.toml", "serve", keys);
    if (!table) {
        HEARTH_ASSERT(table.error().message().starts_with("/etc/config.toml:"));
        return 0;
    }
    for (const auto& key : keys) {
        const auto found = table->find(key.name);
        if (found == table->end()) continue;
        HEARTH_ASSERT(found->second.place.starts_with("/etc/config.toml:"));
        HEARTH_ASSERT(key.kind == ConfigKind::kTexts || found->second.texts.size() == 1);
        for (const std::string& text : found->second.texts)
            HEARTH_ASSERT(!text.empty() && text.find('\0') == std::string::npos);
    }
    HEARTH_ASSERT(table->size() <= keys.size());
    return 0;
}
