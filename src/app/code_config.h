#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "policy/decide.h"

namespace hearth::app {

// [code] in config.toml.
struct CodeConfig {
    std::vector<std::string> sign_off;  // a program that signs plans, with its arguments; may be empty
    bool memory = false;                // every project has a memory
    bool evidence = false;              // sessions with tools have those for evidence
    bool background_shells = false;     // commands of models can go on in the background
    bool cards = false;                 // models are told cards
    std::optional<bool> syntax_gate;    // what breaks a file is taken back; nothing: by the model
    std::string theme;                  // of a session at a terminal; may be empty
    policy::Permissions permissions = policy::Permissions::kAuto;
    std::vector<std::string>
        permission_hook;  // a program that answers where nobody sits at a terminal, likewise
    std::string file;     // where it is said
};

// `config`: the folder of config.toml. Errors: kInvalidInput with the place of what is wrong.
[[nodiscard]] Result<CodeConfig> read_code_config(const std::filesystem::path& config);

}  // namespace hearth::app
