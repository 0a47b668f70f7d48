#pragma once
#include <string>
#include <vector>

#include "core/result.h"
#include "os/paths.h"

namespace hearth::app {

// [code] in config.toml.
struct CodeConfig {
    std::vector<std::string> sign_off;  // a program that signs plans, with its arguments; may be empty
    bool memory = false;                // every project has a memory
    std::string file;                   // where it is said
};

// Errors: kInvalidInput with the place of what is wrong.
[[nodiscard]] Result<CodeConfig> read_code_config(const os::Paths& paths);

}  // namespace hearth::app
