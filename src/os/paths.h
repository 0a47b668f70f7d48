#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

#include "core/result.h"

namespace hearth::os {

// The longest file name in Paths::runtime that still fits into a Unix socket address.
inline constexpr std::size_t kMaxSocketName = 40;

// The value of a variable of the environment; empty when it is not set.
[[nodiscard]] std::string environment(const char* name);

// The person's home: $HOME, or, where that is not set or relative, the one that the system has for this user; "/" where it has none.
// Always absolute, so that nothing of the current folder passes for the person's.
[[nodiscard]] std::filesystem::path home_folder();

// A path as people write it: "~" and "~/x" are in `home`, a relative one begins at `base`. Normal. Pure.
[[nodiscard]] std::filesystem::path written_path(const std::string& text, const std::filesystem::path& base,
                                                 const std::filesystem::path& home);

// True when `path` is `folder` or lies in it (both absolute and normal; names only).
[[nodiscard]] bool is_within(const std::filesystem::path& path, const std::filesystem::path& folder);

// Where hearth keeps things (XDG base directories). HEARTH_HOME moves all of them at once, into its subfolders
// config, data, state, cache and run. All are absolute; none is made here.
struct Paths {
    std::filesystem::path config;  // config.toml
    std::filesystem::path data;    // models, engines, keys
    std::filesystem::path state;   // sessions, verdicts, logs, ledger
    std::filesystem::path cache;   // downloads under way; may be deleted at any time
    // Sockets: $XDG_RUNTIME_DIR/hearth, or a folder under /tmp/hearth-<uid> when that is absent or too long for a
    // socket address. Made by make_runtime_folder().
    std::filesystem::path runtime;
};

[[nodiscard]] Paths paths_from_environment();

// Makes the folder for sockets, open to this user alone (0700).
// Errors: kPermission when it is there and belongs to somebody else, or is a link: /tmp is everybody's.
[[nodiscard]] Status make_runtime_folder(const std::filesystem::path& runtime);

// Folder of the running program (links resolved), for the data that ships beside it (catalogue).
[[nodiscard]] std::filesystem::path executable_path();

}  // namespace hearth::os
