#include "app/code_config.h"

#include <array>
#include <fmt/format.h>

#include "app/config_file.h"
#include "core/text.h"

namespace hearth::app {

Result<CodeConfig> read_code_config(const std::filesystem::path& folder) {
    constexpr std::array kKeys = {ConfigKey{.name = "background_shells", .kind = ConfigKind::kSwitch},
                                  ConfigKey{.name = "cards", .kind = ConfigKind::kSwitch},
                                  ConfigKey{.name = "evidence", .kind = ConfigKind::kSwitch},
                                  ConfigKey{.name = "memory", .kind = ConfigKind::kSwitch},
                                  ConfigKey{.name = "permission_hook", .kind = ConfigKind::kTexts},
                                  ConfigKey{.name = "permissions", .kind = ConfigKind::kText},
                                  ConfigKey{.name = "sign_off", .kind = ConfigKind::kTexts},
                                  ConfigKey{.name = "syntax_gate", .kind = ConfigKind::kSwitch},
                                  ConfigKey{.name = "theme", .kind = ConfigKind::kText}};
    CodeConfig config;
    const auto file = folder / "config.toml";
    config.file = file.string();
    const auto table = TRY(read_config(file, "code", kKeys));
    if (const auto found = table.find("sign_off"); found != table.end())
        config.sign_off = found->second.texts;
    if (const auto found = table.find("permission_hook"); found != table.end())
        config.permission_hook = found->second.texts;
    if (const auto found = table.find("background_shells"); found != table.end())
        config.background_shells = found->second.texts.front() == "true";
    if (const auto found = table.find("evidence"); found != table.end())
        config.evidence = found->second.texts.front() == "true";
    if (const auto found = table.find("memory"); found != table.end())
        config.memory = found->second.texts.front() == "true";
    if (const auto found = table.find("cards"); found != table.end())
        config.cards = found->second.texts.front() == "true";
    if (const auto found = table.find("syntax_gate"); found != table.end())
        config.syntax_gate = found->second.texts.front() == "true";
    if (const auto found = table.find("theme"); found != table.end())
        config.theme = found->second.texts.front();
    if (const auto found = table.find("permissions"); found != table.end()) {
        const auto permissions = policy::permissions_named(found->second.texts.front());
        if (!permissions)
            return Error(Code::kInvalidInput,
                         fmt::format("{}: 'permissions' is \"ask\", \"edits\" or \"auto\", not \"{}\"",
                                     found->second.place, printable(found->second.texts.front())));
        config.permissions = *permissions;
    }
    return config;
}

}  // namespace hearth::app
