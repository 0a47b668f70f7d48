#include "os/paths.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <iterator>
#include <pwd.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "os/files.h"

namespace hearth::os {

namespace {

namespace fs = std::filesystem;

// sun_path has 108 bytes with the final NUL; a '/' and kMaxSocketName bytes have to follow the folder.
constexpr std::size_t kMaxRuntimeLength = 107 - 1 - kMaxSocketName;

// The specification tells to pass over a relative path.
fs::path base_folder(const char* name, std::string_view under_home) {
    if (std::string value = environment(name); value.starts_with('/')) return value;
    return home_folder() / under_home;
}

bool is_own_folder(const fs::path& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

fs::path short_runtime() { return fmt::format("/tmp/hearth-{}", ::geteuid()); }

fs::path runtime_folder() {
    const std::string given = environment("XDG_RUNTIME_DIR");
    // It may be left over from another user (su, sudo) or name a folder that this container lacks.
    if (given.starts_with('/') && is_own_folder(given)) {
        fs::path path = fs::path(given) / "hearth";
        if (path.native().size() <= kMaxRuntimeLength) return path;
    }
    return short_runtime();
}

Paths paths_under(const fs::path& home) {
    fs::path runtime = home / "run";
    // Still one folder for each home.
    if (runtime.native().size() > kMaxRuntimeLength)
        runtime = short_runtime() / sha256(home.native()).substr(0, 16);
    return {home / "config", home / "data", home / "state", home / "cache", std::move(runtime)};
}

// One level of a private folder: made, or found to be ours and closed to others.
Status make_private(const fs::path& path) {
    const std::string what = fmt::format("cannot use {} for sockets", path.string());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return errno_error(errno, what);
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) return errno_error(errno, what);
    if (!S_ISDIR(info.st_mode)) return Error(Code::kPermission, what + ": it is not a folder; remove it");
    if (info.st_uid != ::geteuid())
        return Error(
            Code::kPermission,
            fmt::format("{}: it belongs to user {}, not to you; set HEARTH_HOME to a short path of your own",
                        what, info.st_uid));
    if ((info.st_mode & 077U) != 0 && ::chmod(path.c_str(), 0700) != 0) return errno_error(errno, what);
    return {};
}

}  // namespace

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

fs::path home_folder() {
    if (std::string home = environment("HOME"); home.starts_with('/')) return home;
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->pw_dir;
    return "/";
}

fs::path written_path(const std::string& text, const fs::path& base, const fs::path& home) {
    if (text == "~") return home;
    if (text.starts_with("~/")) return (home / text.substr(2)).lexically_normal();
    return (base / text).lexically_normal();
}

bool is_within(const fs::path& path, const fs::path& folder) {
    const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    // A trailing slash is an empty last name.
    return end == folder.end() || (end->empty() && std::next(end) == folder.end());
}

Paths paths_from_environment() {
    if (const std::string moved = environment("HEARTH_HOME"); !moved.empty()) {
        std::error_code failed;
        const fs::path home = fs::absolute(moved, failed);
        return paths_under(failed ? fs::path(moved) : home.lexically_normal());
    }
    return {base_folder("XDG_CONFIG_HOME", ".config") / "hearth",
            base_folder("XDG_DATA_HOME", ".local/share") / "hearth",
            base_folder("XDG_STATE_HOME", ".local/state") / "hearth",
            base_folder("XDG_CACHE_HOME", ".cache") / "hearth", runtime_folder()};
}

Status make_runtime_folder(const fs::path& runtime) {
    const fs::path shared = short_runtime();
    // /tmp is everybody's: each level below it could have been put there by somebody else.
    if (runtime.parent_path() == shared) TRY(make_private(shared));
    if (const fs::path parent = runtime.parent_path(); !parent.empty()) TRY(make_directories(parent));
    return make_private(runtime);
}

std::filesystem::path executable_path() {
    std::error_code failed;
    std::string target = fs::read_symlink("/proc/self/exe", failed).string();
    // What the kernel adds when the file was replaced by an update while it runs.
    constexpr std::string_view kDeleted = " (deleted)";
    if (target.ends_with(kDeleted)) target.resize(target.size() - kDeleted.size());
    return fs::path(target).parent_path();
}

}  // namespace hearth::os
