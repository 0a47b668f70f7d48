#pragma once
#include <filesystem>

namespace hearth::os {

// Where hearth keeps things (XDG base directories). HEARTH_HOME moves all of them at once, into its subfolders
// config, data, state, cache and run.
struct Paths {
    std::filesystem::path config;   // config.toml
    std::filesystem::path data;     // models, engines
    std::filesystem::path state;    // sessions, verdicts, logs
    std::filesystem::path cache;    // downloads under way; may be deleted at any time
    std::filesystem::path runtime;  // sockets: $XDG_RUNTIME_DIR/hearth, else a private folder under /tmp
};

[[nodiscard]] Paths paths_from_environment();

// Folder of the running program, for the data that ships beside it (catalogue).
[[nodiscard]] std::filesystem::path executable_path();

}  // namespace hearth::os
