#include "app/code_config.h"

#include <array>

#include "app/config_file.h"

namespace hearth::app {

Result<CodeConfig> read_code_config(const os::Paths& paths) {
    constexpr std::array kKeys = {ConfigKey{.name = "memory", .kind = ConfigKind::kSwitch},
                                  ConfigKey{.name = "sign_off", .kind = ConfigKind::kTexts}};
    CodeConfig config;
    const auto file = paths.config / "config.toml";
    config.file = file.string();
    const auto table = TRY(read_config(file, "code", kKeys));
    if (const auto found = table.find("sign_off"); found != table.end())
        config.sign_off = found->second.texts;
    if (const auto found = table.find("memory"); found != table.end())
        config.memory = found->second.texts.front() == "true";
    return config;
}

}  // namespace hearth::app
