#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "sandbox/toolchains.h"

namespace hearth::sandbox {

// What the container is built from on this machine, looked at once.
struct Host {
    bool root = false;  // this process is root: commands run as an uid of their own, with file owners mapped
    std::filesystem::path bubblewrap;
    std::filesystem::path launcher;  // hearth-sbx
    std::vector<std::pair<std::string, std::string>>
        links;                          // "/bin" -> "usr/bin" where the system has them merged
    std::vector<std::string> folders;   // "/usr", and "/bin" where it is a folder of its own
    std::vector<std::string> settings;  // entries of /etc that programs need
    Toolchains toolchains;
    bool can_watch_memory = true;  // else the memory limit is one on the address space of each process
};

// Errors: kUnavailable naming the package to install when bubblewrap or the launcher is missing.
// `private_places` are never shown (hearth's own folders, the workspace).
[[nodiscard]] Result<Host> look_at_host(const std::filesystem::path& workspace);

// Settings of the kernel that forbid what bubblewrap needs; -1 where a setting does not exist.
struct NamespaceSettings {
    int apparmor_restricts = -1;  // kernel.apparmor_restrict_unprivileged_userns
    int unprivileged_clone = -1;  // kernel.unprivileged_userns_clone (Debian)
    long max_user_namespaces = -1;
};

[[nodiscard]] NamespaceSettings read_namespace_settings();

// What to do when the container did not start, from what bubblewrap said and how the kernel is set. Pure.
[[nodiscard]] std::string cure_for(const std::string& message, const NamespaceSettings& settings);

}  // namespace hearth::sandbox
