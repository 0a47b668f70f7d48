#include "sandbox/host.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include "core/text.h"
#include "os/files.h"
#include "os/paths.h"
#include "os/process.h"
#include "sandbox/memory_watch.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

// Entries of /etc (those that begin so) without which programs do not start, and that hold no secrets; all
// else in /etc is absent. Few, because each mount costs a tenth of a millisecond.
constexpr std::array<std::string_view, 4> kSettings = {"alternatives", "ld.so.cache", "java-", "fonts"};
// Where these are links into /usr, as on most systems, they cost nothing.
constexpr std::array<std::string_view, 3> kLinkedSettings = {"localtime", "os-release", "timezone"};

constexpr std::array<std::string_view, 3> kBubblewrapPlaces = {"/usr/bin/bwrap", "/usr/local/bin/bwrap",
                                                               "/bin/bwrap"};
constexpr std::size_t kMaxLinksLookedAt = 4000;

Result<fs::path> find_bubblewrap(const fs::path& workspace) {
    for (const std::string_view place : kBubblewrapPlaces)
        if (::access(std::string(place).c_str(), X_OK) == 0) return fs::path(place);
    // Elsewhere on PATH, but never something that a workspace brings along.
    const auto found = os::find_program("bwrap");
    if (found && found->is_absolute() && !is_within(found->lexically_normal(), workspace)) return *found;
    return Error(Code::kUnavailable,
                 "commands cannot be contained: bubblewrap (bwrap) is not installed; install it with "
                 "`sudo apt-get install bubblewrap` (dnf, pacman and zypper call it bubblewrap too)");
}

// Beside the program; one folder up serves the tests, which are built in a folder of their own.
Result<fs::path> find_launcher() {
    const fs::path folder = os::executable_path();
    for (const fs::path& place : {folder / "hearth-sbx", folder.parent_path() / "hearth-sbx",
                                  folder.parent_path() / "libexec/hearth/hearth-sbx"})
        if (::access(place.c_str(), X_OK) == 0) return place;
    return Error(
        Code::kUnavailable,
        fmt::format("commands cannot be contained: the program hearth-sbx is missing beside {}; install or "
                    "build hearth again",
                    os::executable_path().string()));
}

void look_at_root(Host& host) {
    host.folders.emplace_back("/usr");
    for (const char* name : {"/bin", "/sbin", "/lib", "/lib64", "/lib32"}) {
        std::error_code error;
        const fs::file_status status = fs::symlink_status(name, error);
        if (fs::is_symlink(status)) {
            host.links.emplace_back(name, fs::read_symlink(name, error).string());
        } else if (fs::is_directory(status)) {
            host.folders.emplace_back(name);
        }
    }
    std::error_code error;
    for (fs::directory_iterator entry("/etc", error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const auto begins = [&](std::string_view start) { return name.starts_with(start); };
        if (std::ranges::any_of(kSettings, begins)) host.settings.push_back(entry->path().string());
        if (std::ranges::find(kLinkedSettings, name) == kLinkedSettings.end()) continue;
        std::error_code no_link;
        const fs::path target = fs::read_symlink(entry->path(), no_link);
        if (!no_link && is_system_folder((fs::path("/etc") / target).lexically_normal()))
            host.links.emplace_back(entry->path().string(), target.string());
    }
    std::ranges::sort(host.settings);
}

// Programs on PATH are often links into an installation elsewhere (~/.local/bin/python3 -> a managed Python),
// which must be visible too. Links of the workspace are not followed: they would let it choose what is shown.
void follow_program_links(Toolchains& toolchains, const fs::path& home,
                          const std::vector<fs::path>& private_places) {
    std::size_t looked_at = 0;
    const auto visible = [&](const fs::path& path) {
        return is_system_folder(path) ||
               std::ranges::any_of(toolchains.folders, [&](const Toolchains::Folder& shown) {
                   return is_within(path, shown.path);
               });
    };
    for (const std::string& folder : toolchains.search) {
        if (is_system_folder(folder) && folder != "/usr/local/bin") continue;
        if (std::ranges::any_of(private_places,
                                [&](const fs::path& place) { return is_within(folder, place); }))
            continue;
        std::error_code error;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            if (++looked_at > kMaxLinksLookedAt) return;
            std::error_code ignored;
            if (!entry->is_symlink(ignored)) continue;
            const fs::path target = fs::canonical(entry->path(), ignored);
            if (ignored || visible(target)) continue;
            if (auto around = installation_of(target.parent_path(), home, private_places))
                toolchains.folders.push_back({std::move(*around), {}});
        }
    }
}

Toolchains look_at_toolchains(const fs::path& workspace) {
    const char* path = std::getenv("PATH");
    const char* home = std::getenv("HOME");
    const os::Paths own = os::paths_from_environment();
    const std::vector<fs::path> private_places = {workspace, own.config, own.data,
                                                  own.state, own.cache,  own.runtime};
    const fs::path home_folder = fs::path(home != nullptr ? home : "").lexically_normal();
    Toolchains result = toolchain_folders(path != nullptr ? path : "", home_folder, private_places);
    follow_program_links(result, home_folder, private_places);
    std::erase_if(result.folders, [&](const Toolchains::Folder& folder) {
        std::error_code error;
        return is_within(folder.path, workspace) || !fs::is_directory(folder.path, error) ||
               ::access(folder.path.c_str(), R_OK | X_OK) != 0;
    });
    return result;
}

long read_setting(const char* path) {
    const auto text = os::read_file(path, 64);
    if (!text) return -1;
    const auto value = parse_number(trim(*text));
    return value ? static_cast<long>(*value) : -1;
}

}  // namespace

Result<Host> look_at_host(const fs::path& workspace) {
    Host host;
    host.root = ::geteuid() == 0;
    host.bubblewrap = TRY(find_bubblewrap(workspace));
    host.launcher = TRY(find_launcher());
    look_at_root(host);
    host.toolchains = look_at_toolchains(workspace);
    host.can_watch_memory = can_watch_memory();
    return host;
}

NamespaceSettings read_namespace_settings() {
    return {
        .apparmor_restricts =
            static_cast<int>(read_setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")),
        .unprivileged_clone = static_cast<int>(read_setting("/proc/sys/kernel/unprivileged_userns_clone")),
        .max_user_namespaces = read_setting("/proc/sys/user/max_user_namespaces")};
}

std::string cure_for(const std::string& message, const NamespaceSettings& settings) {
    if (message.contains("cure: ")) return {};  // the launcher knows best
    if (message.contains("nknown option"))
        return "this bubblewrap is too old: version 0.8 or newer is needed";
    if (settings.max_user_namespaces == 0)
        return "user namespaces are switched off; allow them with `sudo sysctl "
               "user.max_user_namespaces=15000`";
    if (settings.unprivileged_clone == 0)
        return "user namespaces are switched off; allow them with `sudo sysctl "
               "kernel.unprivileged_userns_clone=1`";
    if (settings.apparmor_restricts == 1) {
        return "AppArmor restricts user namespaces (Ubuntu 23.10 and newer); allow them for bubblewrap with "
               "a profile "
               "in /etc/apparmor.d, or for all with `sudo sysctl "
               "kernel.apparmor_restrict_unprivileged_userns=0`";
    }
    if (message.contains("ermission denied") || message.contains("not permitted")) {
        return "namespaces are refused here, as inside most containers; run hearth on the host, or give the "
               "container "
               "the right to make namespaces (for podman and docker: --security-opt seccomp=unconfined "
               "--security-opt systempaths=unconfined)";
    }
    return {};
}

}  // namespace hearth::sandbox
