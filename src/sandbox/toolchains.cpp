#include "sandbox/toolchains.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/text.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 6> kSystemFolders = {"/usr", "/bin",   "/sbin",
                                                            "/lib", "/lib64", "/lib32"};
constexpr std::array<std::string_view, 6> kSystemSearch = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                           "/usr/bin",        "/sbin",          "/bin"};

// Tools that keep everything in one folder of the home, with the variable that names it.
struct HomeTool {
    std::string_view folder;
    std::string_view variable;
};

constexpr std::array<HomeTool, 7> kHomeTools = {{{".pyenv", "PYENV_ROOT"},
                                                 {".rbenv", "RBENV_ROOT"},
                                                 {".nodenv", "NODENV_ROOT"},
                                                 {".asdf", "ASDF_DATA_DIR"},
                                                 {".volta", "VOLTA_HOME"},
                                                 {".nvm/versions", ""},
                                                 {".sdkman/candidates", ""}}};

// Folders of the home where credentials or private data lie beside programs: of these only what PATH names is
// shown.
constexpr std::array<std::string_view, 12> kPrivateInHome = {".local", ".cargo",   ".config", ".cache",
                                                             ".ssh",   ".gnupg",   ".aws",    ".docker",
                                                             ".kube",  ".mozilla", ".npm",    "snap"};

std::size_t depth(const fs::path& path) {
    return static_cast<std::size_t>(std::distance(path.begin(), path.end())) - 1;
}

bool shows_too_much(const fs::path& folder, const fs::path& home,
                    const std::vector<fs::path>& private_places) {
    if (depth(folder) < 2) return true;  // "/", "/root", "/opt"
    if (folder.parent_path() == "/home" || is_within(home, folder)) return true;
    for (const char* place : {"/proc", "/sys", "/dev", "/run", "/etc", "/boot", "/snap"})
        if (is_within(folder, place)) return true;
    return std::ranges::any_of(private_places,
                               [&](const fs::path& place) { return is_within(place, folder); });
}

bool holds_private_things(const fs::path& programs, const fs::path& home) {
    return std::ranges::any_of(kPrivateInHome,
                               [&](std::string_view name) { return is_within(programs, home / name); });
}

void show(Toolchains& result, fs::path folder, std::pair<std::string, std::string> variable = {}) {
    const auto covers = [&](const Toolchains::Folder& shown) { return is_within(folder, shown.path); };
    if (variable.first.empty() && std::ranges::any_of(result.folders, covers)) return;
    std::erase_if(result.folders, [&](const Toolchains::Folder& shown) {
        return shown.path == folder || (is_within(shown.path, folder) && shown.variable.first.empty());
    });
    result.folders.push_back({std::move(folder), std::move(variable)});
}

// What an entry of PATH needs beyond its own installation.
void show_companions(Toolchains& result, const fs::path& programs, const fs::path& home) {
    for (const HomeTool& tool : kHomeTools) {
        const fs::path folder = home / tool.folder;
        if (!is_within(programs, folder)) continue;
        if (tool.variable.empty()) {
            show(result, folder);
        } else {
            show(result, folder, {std::string(tool.variable), folder.string()});
        }
    }
    if (programs == home / ".cargo/bin")
        show(result, home / ".rustup", {"RUSTUP_HOME", (home / ".rustup").string()});
}

}  // namespace

bool is_system_folder(const fs::path& folder) {
    return std::ranges::any_of(kSystemFolders,
                               [&](std::string_view name) { return is_within(folder, name); });
}

std::optional<fs::path> installation_of(const fs::path& programs, const fs::path& home,
                                        const std::vector<fs::path>& private_places) {
    const fs::path last = programs.filename();
    const bool conventional = last == "bin" || last == "sbin" || last == "shims";
    const fs::path around = programs.parent_path();
    if (conventional && !holds_private_things(programs, home) &&
        !shows_too_much(around, home, private_places))
        return around;
    // A tool below a private folder (~/.local/share/tool/bin) is shown as a whole; a folder directly in it is
    // not.
    if (conventional && holds_private_things(programs, home) && depth(around) >= depth(home) + 3 &&
        !shows_too_much(around, home, private_places))
        return around;
    if (!shows_too_much(programs, home, private_places)) return programs;
    return std::nullopt;
}

Toolchains toolchain_folders(std::string_view path, const fs::path& home,
                             const std::vector<fs::path>& private_places) {
    Toolchains result;
    const auto search = [&](const fs::path& entry) {
        if (std::ranges::find(result.search, entry.string()) == result.search.end())
            result.search.push_back(entry.string());
    };
    for (const std::string_view piece : split(path, ':')) {
        fs::path entry = fs::path(piece).lexically_normal();
        if (!entry.has_filename()) entry = entry.parent_path();
        if (!entry.is_absolute()) continue;
        if (is_system_folder(entry)) {
            search(entry);
            continue;
        }
        const auto folder = installation_of(entry, home, private_places);
        if (!folder) continue;
        search(entry);
        show_companions(result, entry, home);
        show(result, *folder);
    }
    // Packages installed for the user are found from the home, which is another one inside.
    if (home.is_absolute() && depth(home) >= 1)
        show(result, home / ".local/lib", {"PYTHONUSERBASE", (home / ".local").string()});
    for (const std::string_view folder : kSystemSearch)
        search(fs::path(folder));
    return result;
}

}  // namespace hearth::sandbox
