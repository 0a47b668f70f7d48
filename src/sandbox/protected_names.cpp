#include "sandbox/protected_names.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include "core/text.h"
#include "os/files.h"
#include "sandbox/toolchains.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

// Git takes a folder with these three for a repository without .git, and runs programs its `config` names.
bool looks_like_bare_repository(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(folder / "HEAD", ignored)) &&
           fs::is_directory(folder / "objects", ignored) && fs::is_directory(folder / "refs", ignored);
}

// Submodules of the repository at the top, by its `.gitmodules`: git status outside goes into each of them and obeys what its
// `.git` leads to. Paths that are not plain ones below the workspace are none.
std::vector<fs::path> submodules(const fs::path& workspace) {
    constexpr std::size_t kMaxFile = std::size_t{1} << 20U;
    constexpr std::size_t kMaxSubmodules = 200;
    std::vector<fs::path> result;
    std::error_code error;
    if (!fs::is_regular_file(fs::symlink_status(workspace / ".gitmodules", error))) return result;
    const auto text = os::read_file(workspace / ".gitmodules", kMaxFile);
    if (!text) return result;
    for (const std::string_view line : split_lines(*text)) {
        const std::string_view entry = trim(line);
        const std::size_t equals = entry.find('=');
        if (equals == std::string_view::npos || trim(entry.substr(0, equals)) != "path") continue;
        std::string_view value = trim(entry.substr(equals + 1));
        if (value.size() > 1 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        const fs::path path = fs::path(value).lexically_normal();
        // A folder on the way that is a link is not git's submodule.
        if (path.empty() || path.is_absolute() || *path.begin() == ".." || *path.begin() == ".") continue;
        const fs::path real = fs::canonical(workspace / path, error);
        if (error || real != workspace / path) continue;
        result.push_back(path);
        if (result.size() == kMaxSubmodules) break;
    }
    return result;
}

// Where a link inside the workspace ends, relative to it, when it ends inside.
std::vector<fs::path> link_end(const fs::path& workspace, const std::string& name) {
    std::error_code error;
    const fs::path end = fs::canonical(workspace / name, error);
    if (error || end == workspace || !is_within(end, workspace)) return {};
    return {end.lexically_relative(workspace)};
}

// Takes it away, and says to where if that is not nowhere.
Result<std::string> take_away(const fs::path& path, ProtectedNames::Leftovers leftovers) {
    if (leftovers == ProtectedNames::Leftovers::kRemoved) {
        TRY(os::remove_tree(path));
        return std::string();
    }
    constexpr int kMostTries = 1000;
    for (int i = 1; i <= kMostTries; ++i) {
        auto free = path;
        free += fmt::format(".taken-away-{}", i);
        std::error_code error;
        if (fs::symlink_status(free, error).type() != fs::file_type::not_found) continue;
        fs::rename(path, free, error);
        // Two commands of one workspace look for it.
        if (error == std::errc::no_such_file_or_directory) return std::string();
        if (error) return errno_error(error.value(), fmt::format("cannot rename {}", path.string()));
        return " and is kept as " + free.filename().string();
    }
    return Error(Code::kConflict, fmt::format("no name is free beside {}", path.string()));
}

}  // namespace

const std::vector<std::string>& protected_names() {
    static const std::vector<std::string> names = {
        ".git",        ".gitmodules",  ".hearth",    ".vscode",   ".idea",   ".envrc",
        ".mcp.json",   ".claude",      ".codex",     ".cursor",   ".bashrc", ".profile",
        ".bash_login", ".zshrc",       ".zshenv",    ".zprofile", ".zlogin", ".bash_profile",
        ".zlogout",    ".bash_logout", ".gitconfig", ".pi",       ".agents"};
    return names;
}

bool may_write(const fs::path& relative) {
    const auto& names = protected_names();
    // Compared without case, for file systems that do the same.
    const std::string first = to_lower_ascii(relative.begin()->string());
    if (std::ranges::find(names, first) != names.end()) return false;
    return std::ranges::none_of(relative,
                                [](const fs::path& part) { return to_lower_ascii(part.string()) == ".git"; });
}

Result<ProtectedNames> ProtectedNames::look(const fs::path& workspace) {
    ProtectedNames result;
    result.workspace_ = workspace;
    result.bare_repository_ = looks_like_bare_repository(workspace);
    std::vector<std::string> names = protected_names();
    for (const fs::path& submodule : submodules(workspace))
        names.push_back((submodule / ".git").string());
    for (const std::string& name : names) {
        std::error_code error;
        const fs::file_status status = fs::symlink_status(workspace / name, error);
        if (status.type() == fs::file_type::not_found) {
            result.missing_.push_back(name);
        } else if (error) {
            return errno_error(error.value(), fmt::format("cannot look at {}", (workspace / name).string()));
        } else if (status.type() == fs::file_type::symlink) {
            result.links_.push_back({name, fs::read_symlink(workspace / name, error)});
            if (error) return errno_error(error.value(), fmt::format("cannot read the link {}", name));
            for (fs::path& end : link_end(workspace, name))
                result.existing_.push_back(std::move(end));
        } else {
            result.existing_.emplace_back(name);
        }
    }
    return result;
}

Result<std::vector<std::string>> ProtectedNames::restore(Leftovers leftovers) const {
    std::vector<std::string> notes;
    std::error_code error;
    for (const std::string& name : missing_) {
        const fs::path path = workspace_ / name;
        if (fs::symlink_status(path, error).type() == fs::file_type::not_found) continue;
        // The folder of a submodule that has become a link leads elsewhere: nothing is removed there, and git does not follow it.
        if (fs::canonical(path.parent_path(), error) != path.parent_path() || error) continue;
        const auto where =
            TRY(take_away(path, leftovers)
                    .context(fmt::format("removing {}, which a contained command made", path.string())));
        notes.push_back(
            fmt::format("{} was removed again{}: a command may not make it (protected name)", name, where));
    }
    for (const Link& link : links_) {
        const fs::path path = workspace_ / link.name;
        if (fs::read_symlink(path, error) == link.target && !error) continue;
        if (fs::symlink_status(path, error).type() != fs::file_type::not_found)
            TRY(take_away(path, leftovers).context(fmt::format("putting the link {} back", path.string())));
        fs::create_symlink(link.target, path, error);
        // Another command of this workspace may have put it back just now.
        if (error && error != std::errc::file_exists)
            return errno_error(error.value(), fmt::format("cannot put the link {} back", path.string()));
        notes.push_back(
            fmt::format("the link {} was put back: a command may not change it (protected name)", link.name));
    }
    if (!bare_repository_ && looks_like_bare_repository(workspace_)) {
        const auto where = TRY(take_away(workspace_ / "HEAD", leftovers)
                                   .context("removing HEAD, which a contained command made"));
        notes.push_back(fmt::format(
            "HEAD was removed again{}: with objects/ and refs/ it made the workspace a git repository",
            where));
    }
    return notes;
}

}  // namespace hearth::sandbox
