#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/host.h"
#include "sandbox/sandbox.h"

namespace hearth::sandbox {

// Numbers of the open files that the container's programs are given.
struct Descriptors {
    int arguments = -1;  // bubblewrap's options, one after another, each ended by a NUL byte
    int filter = -1;     // the system-call filter
    int status = -1;     // where the launcher reports from inside
    int launcher = -1;   // the launcher itself, to be run inside without being visible there
    int users = -1;      // content of /etc/passwd, /etc/group and /etc/hosts inside
    int groups = -1;
    int hosts = -1;
    int gateway = -1;       // where the launcher hands out its listening socket; only with a gateway
    int certificates = -1;  // that are trusted inside; likewise
};

// The whole description of one contained run, for two programs.
struct Container {
    std::vector<std::string>
        command;  // hearth-sbx outside ... -- bwrap ... -- hearth-sbx inside ... -- sh -c SCRIPT
    std::vector<std::string> arguments;  // for Descriptors::arguments
};

// What the environment of a contained command starts with (the policy adds to it).
[[nodiscard]] std::vector<std::pair<std::string, std::string>> base_environment(const Host& host);

// Folders between the workspace and `inner` files (relative paths), outermost first. They must be mount
// points as well: a folder can be renamed away together with the mounts in it, but a mount point cannot.
[[nodiscard]] std::vector<std::filesystem::path> folders_above(
    const std::vector<std::filesystem::path>& inner);

// Pure: describes the container for a host, a policy and the files of the workspace to show read-only
// (relative).
[[nodiscard]] Container describe_container(const Host& host, const Policy& policy,
                                           const std::vector<std::filesystem::path>& read_only,
                                           const Descriptors& descriptors, std::string_view script);

// Files inside that stand for the host's own: they name nobody but the sandbox.
inline constexpr std::string_view kUsers =
    "root:x:0:0:root:/:/bin/sh\nhearth:x:1000:1000:hearth:/home/hearth:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/:/bin/false\n";
inline constexpr std::string_view kGroups = "root:x:0:\nhearth:x:1000:\nnogroup:x:65534:\n";
inline constexpr std::string_view kHosts = "127.0.0.1 localhost hearth\n::1 localhost\n";
inline constexpr std::string_view kHome = "/home/hearth";

}  // namespace hearth::sandbox
