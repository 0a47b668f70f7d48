#include "sandbox/workspace_rules.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <system_error>

#include "os/paths.h"
#include "sandbox/toolchains.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

// These folders themselves, not what lies in them.
constexpr std::array<std::string_view, 14> kTooBroad = {"/",     "/usr",   "/etc",  "/var",    "/tmp",
                                                        "/home", "/root",  "/opt",  "/srv",    "/mnt",
                                                        "/run",  "/media", "/boot", "/var/tmp"};
// These with everything in them.
constexpr std::array<std::string_view, 9> kSystem = {"/proc", "/sys", "/dev",   "/etc",    "/bin",
                                                     "/sbin", "/lib", "/lib64", "/usr/bin"};

Error refused(const fs::path& workspace, std::string_view why) {
    return {Code::kInvalidInput,
            fmt::format("{} cannot be a workspace: {}; start in the folder of one project",
                        workspace.string(), why)};
}

}  // namespace

Status check_workspace(const fs::path& workspace, const fs::path& home,
                       const std::vector<fs::path>& private_places) {
    if (!workspace.is_absolute()) return refused(workspace, "the path is not absolute");
    const auto is = [&](std::string_view name) { return workspace == fs::path(name); };
    const auto lies_in = [&](std::string_view name) { return is_within(workspace, fs::path(name)); };
    if (std::ranges::any_of(kTooBroad, is) || std::ranges::any_of(kSystem, lies_in))
        return refused(workspace,
                       "it is a folder of the system, and a command could change everything in it");
    if (!home.empty() && is_within(home, workspace))
        return refused(workspace, "it holds your whole home, and a command could read and change all of it");
    for (const fs::path& place : private_places) {
        if (place.empty() || !is_within(place, workspace)) continue;
        return refused(workspace, fmt::format("hearth keeps its own files in it ({})", place.string()));
    }
    return {};
}

Result<fs::path> resolve_workspace(const fs::path& workspace) {
    std::error_code error;
    fs::path folder = fs::canonical(workspace, error);
    if (error)
        return errno_error(error.value(), fmt::format("cannot open the workspace {}", workspace.string()));
    if (!fs::is_directory(folder, error))
        return Error(Code::kInvalidInput, fmt::format("the workspace {} is no folder", workspace.string()));
    const char* home = std::getenv("HOME");
    const os::Paths own = os::paths_from_environment();
    const fs::path home_folder = home != nullptr ? fs::weakly_canonical(home, error) : fs::path();
    TRY(check_workspace(folder, home_folder, {own.config, own.data, own.state}));
    return folder;
}

Result<std::vector<fs::path>> resolve_inside(const fs::path& workspace, const std::vector<fs::path>& paths) {
    std::vector<fs::path> result;
    for (const fs::path& path : paths) {
        std::error_code error;
        const fs::path real = fs::canonical(workspace / path, error);
        if (error) {
            return Error(Code::kInvalidInput,
                         fmt::format("{} cannot be kept as it is: {} ({})", path.string(),
                                     "it cannot be opened", error.message()));
        }
        if (real == workspace || !is_within(real, workspace)) {
            return Error(Code::kInvalidInput,
                         fmt::format("{} cannot be kept as it is: it lies outside the workspace {}",
                                     path.string(), workspace.string()));
        }
        result.push_back(real.lexically_relative(workspace));
    }
    return result;
}

}  // namespace hearth::sandbox
