#pragma once
#include <filesystem>
#include <stop_token>
#include <string>

#include "core/result.h"

// Packages from npm's registry and from git, by npm and git themselves. Nothing of a package runs.
namespace hearth::extend::detail {

struct Fetched {
    std::string version;
    std::string hash;
    std::filesystem::path folder;  // of the package, in the target
};

// `target` is made. Errors: kNotFound without npm or git, kUnavailable with what they said.
[[nodiscard]] Result<Fetched> fetch_npm(const std::string& name, const std::string& wanted,
                                        const std::filesystem::path& target, const std::stop_token& stop);
[[nodiscard]] Result<Fetched> fetch_git(const std::string& address, const std::string& ref,
                                        const std::filesystem::path& target, const std::stop_token& stop);

}  // namespace hearth::extend::detail
