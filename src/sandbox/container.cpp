#include "sandbox/container.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <initializer_list>
#include <set>

#include "core/text.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

constexpr int kMaxOpenFiles = 4096;
constexpr std::int64_t kSharedMemory = 64 * kMiB;

// Where the launcher's stage makes folders reachable for another uid (launcher/stage.h).
constexpr std::string_view kStage = "/tmp";

class Arguments {
public:
    explicit Arguments(std::vector<std::string>& out) : out_(out) {}

    void add(std::initializer_list<std::string_view> words) {
        for (const std::string_view word : words)
            out_.emplace_back(word);
    }

    void bind(std::string_view how, const fs::path& source, const fs::path& target) {
        add({how, source.native(), target.native()});
    }

    void file(int descriptor, std::string_view target) {
        add({"--perms", "0444", "--file", std::to_string(descriptor), target});
    }

    void tmpfs(std::string_view mode, std::int64_t bytes, std::string_view target) {
        add({"--perms", mode, "--size", std::to_string(bytes), "--tmpfs", target});
    }

private:
    std::vector<std::string>& out_;
};

// Folders outside the workspace shown read-only, in the order in which the launcher stages them.
std::vector<fs::path> readable_folders(const Host& host, const Policy& policy) {
    std::vector<fs::path> result;
    for (const Toolchains::Folder& folder : host.toolchains.folders)
        if (!is_within(folder.path, policy.workspace)) result.push_back(folder.path);
    result.insert(result.end(), policy.readable.begin(), policy.readable.end());
    // Outer folders first: a mount hides what was mounted below it before.
    std::ranges::sort(result);
    result.erase(std::ranges::unique(result).begin(), result.end());
    return result;
}

fs::path staged(std::size_t number) { return fs::path(kStage) / std::to_string(number); }

void add_isolation(Arguments& out) {
    out.add({"--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000",
             "--hostname", "hearth", "--cap-drop", "ALL", "--new-session", "--die-with-parent"});
}

void add_system(Arguments& out, const Host& host, const Descriptors& descriptors) {
    for (const std::string& folder : host.folders)
        out.bind("--ro-bind", folder, folder);
    for (const auto& [name, target] : host.links)
        out.add({"--symlink", target, name});
    for (const std::string& entry : host.settings)
        out.bind("--ro-bind", entry, entry);
    out.file(descriptors.users, "/etc/passwd");
    out.file(descriptors.groups, "/etc/group");
    out.file(descriptors.hosts, "/etc/hosts");
    out.add({"--proc", "/proc", "--dev", "/dev"});
}

void add_workspace(Arguments& out, const Host& host, const Policy& policy, std::vector<fs::path> read_only) {
    const fs::path& target = policy.workspace;
    const fs::path source = host.root ? staged(0) : target;
    out.bind("--bind", source, target);
    for (const fs::path& folder : folders_above(read_only))
        out.bind("--bind", source / folder, target / folder);
    std::ranges::sort(read_only);
    for (const fs::path& name : read_only)
        out.bind("--ro-bind", source / name, target / name);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> base_environment(const Host& host) {
    std::vector<std::pair<std::string, std::string>> result = {
        {"PATH", join(host.toolchains.search, ":")},
        {"HOME", std::string(kHome)},
        {"USER", "hearth"},
        {"LOGNAME", "hearth"},
        {"SHELL", "/bin/sh"},
        {"LANG", "C.UTF-8"},
        {"TMPDIR", "/tmp"},
        {"TERM", "dumb"},
        // The leak checker of address-sanitized programs stops their threads with ptrace, which is refused.
        {"ASAN_OPTIONS", "detect_leaks=0"}};
    for (const Toolchains::Folder& folder : host.toolchains.folders)
        if (!folder.variable.first.empty()) result.push_back(folder.variable);
    return result;
}

std::vector<fs::path> folders_above(const std::vector<fs::path>& inner) {
    std::set<fs::path> result;
    for (const fs::path& path : inner)
        for (fs::path above = path.parent_path(); !above.empty(); above = above.parent_path())
            result.insert(above);
    return {result.begin(), result.end()};
}

Container describe_container(const Host& host, const Policy& policy, const std::vector<fs::path>& read_only,
                             const Descriptors& descriptors, std::string_view script) {
    const std::vector<fs::path> readable = readable_folders(host, policy);
    Container result;
    Arguments out(result.arguments);
    add_isolation(out);
    add_system(out, host, descriptors);
    if (policy.gateway) out.file(descriptors.certificates, kCertificates);
    out.tmpfs("0700", kSharedMemory, "/dev/shm");
    out.tmpfs("1777", policy.temporary_space.value, "/tmp");
    out.tmpfs("0700", policy.temporary_space.value, kHome);
    for (std::size_t i = 0; i < readable.size(); ++i)
        out.bind("--ro-bind", host.root ? staged(i + 1) : readable[i], readable[i]);
    add_workspace(out, host, policy, read_only);
    // The container's own root and /dev are memory without a limit: nothing may be written there.
    out.add({"--remount-ro", "/dev", "--remount-ro", "/", "--chdir", policy.workspace.native()});
    for (const auto& [name, value] : policy.environment)
        out.add({"--setenv", name, value});
    out.add({"--seccomp", std::to_string(descriptors.filter)});

    Arguments command(result.command);
    command.add({host.launcher.native(), "outside"});
    if (host.root) {
        command.add({"--workspace=" + policy.workspace.native()});
        for (const fs::path& folder : readable)
            command.add({"--readable=" + folder.native()});
    }
    if (!host.can_watch_memory) command.add({fmt::format("--address-space={}", policy.memory.value)});
    command.add({fmt::format("--status={}", descriptors.status),
                 fmt::format("--file-size={}", policy.file_size.value),
                 fmt::format("--open-files={}", kMaxOpenFiles),
                 fmt::format("--processes={}", policy.processes)});
    for (const int kept : {descriptors.arguments, descriptors.filter, descriptors.status,
                           descriptors.launcher, descriptors.users, descriptors.groups, descriptors.hosts})
        command.add({fmt::format("--keep={}", kept)});
    if (policy.gateway)
        for (const int kept : {descriptors.gateway, descriptors.certificates})
            command.add({fmt::format("--keep={}", kept)});
    command.add({"--", host.bubblewrap.native(), "--args", std::to_string(descriptors.arguments), "--"});
    // The path is opened inside, where it is the launcher's own descriptor.
    command.add({fmt::format("/proc/self/fd/{}", descriptors.launcher), "inside",
                 fmt::format("--status={}", descriptors.status),
                 fmt::format("--processes={}", policy.processes)});
    if (policy.gateway)
        command.add({fmt::format("--gateway={}", descriptors.gateway),
                     fmt::format("--gateway-port={}", kGatewayPort)});
    for (const std::string_view place :
         {std::string_view(policy.workspace.native()), kHome, std::string_view("/tmp"),
          std::string_view("/dev"), std::string_view("/proc")})
        command.add({fmt::format("--writable={}", place)});
    command.add({"--", "/bin/sh", "-c", script});
    return result;
}

}  // namespace hearth::sandbox
