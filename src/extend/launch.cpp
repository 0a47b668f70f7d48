#include "extend/launch.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "core/text.h"
#include "extend/detail/node_host.h"
#include "extend/detail/package_paths.h"
#include "extend/manifest.h"
#include "os/files.h"
#include "os/paths.h"

namespace hearth::extend {
namespace {

namespace fs = std::filesystem;

// What a program of the user's needs to find its way. Keys and the like are named one by one (extension.toml).
const std::vector<std::string>& usual_environment() {
    static const std::vector<std::string> kNames = {"PATH",
                                                    "HOME",
                                                    "USER",
                                                    "LOGNAME",
                                                    "SHELL",
                                                    "LANG",
                                                    "LC_ALL",
                                                    "LC_CTYPE",
                                                    "TZ",
                                                    "TMPDIR",
                                                    "XDG_CONFIG_HOME",
                                                    "XDG_DATA_HOME",
                                                    "XDG_CACHE_HOME",
                                                    "XDG_STATE_HOME",
                                                    "XDG_RUNTIME_DIR",
                                                    "HTTP_PROXY",
                                                    "HTTPS_PROXY",
                                                    "NO_PROXY",
                                                    "http_proxy",
                                                    "https_proxy",
                                                    "no_proxy",
                                                    "SSL_CERT_FILE",
                                                    "NODE_EXTRA_CA_CERTS",
                                                    "PI_CODING_AGENT_DIR",
                                                    "VIRTUAL_ENV"};
    return kNames;
}

bool is_declaration(const fs::path& path) { return path.string().ends_with(".d.ts"); }

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

bool is_folder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

std::vector<fs::path> listed(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator();
         at.increment(error))
        out.push_back(at->path());
    std::sort(out.begin(), out.end());
    return out;
}

// index.ts or index.js of a folder; empty for none.
fs::path index_of(const fs::path& folder) {
    for (const auto* name : {"index.ts", "index.js", "index.mjs"}) {
        if (is_file(folder / name)) return folder / name;
    }
    return {};
}

// Scripts of a folder, and the index of each folder in it.
void add_folder(const fs::path& folder, std::vector<fs::path>& out) {
    for (const auto& each : listed(folder)) {
        if (is_file(each) && is_script(each) && !is_declaration(each)) out.push_back(each);
        if (!is_folder(each) || each.filename() == "node_modules") continue;
        if (auto index = index_of(each); !index.empty()) out.push_back(std::move(index));
    }
}

Status add_declared(const fs::path& folder, const std::string& given, std::vector<fs::path>& out) {
    if (given.starts_with('!') || given.starts_with('-')) {
        const auto pattern = fs::path(given.substr(1)).lexically_normal().string();
        std::erase_if(out, [&](const fs::path& each) {
            return fits_pattern(each.lexically_relative(folder).string(), pattern);
        });
        return {};
    }
    if (given.find_first_of("*?") != std::string::npos) {
        const auto pattern = fs::path(given).lexically_normal().string();
        for (const auto& each : detail::paths_below(folder, false)) {
            if (is_script(each) && fits_pattern(each.string(), pattern)) out.push_back(folder / each);
        }
        return {};
    }
    const auto path = TRY(detail::inside_package(folder, given.starts_with('+') ? given.substr(1) : given));
    if (is_file(path)) {
        out.push_back(path);
        return {};
    }
    if (!is_folder(path)) {
        return Error(Code::kNotFound, fmt::format("{} names {}, which does not exist",
                                                  (folder / "package.json").string(), printable(given)));
    }
    if (auto index = index_of(path); !index.empty()) {
        out.push_back(std::move(index));
    } else {
        add_folder(path, out);
    }
    return {};
}

Result<os::Command> node_command(const std::vector<fs::path>& files, const LaunchPlaces& places) {
    os::Command command;
    command.argv = {TRY(detail::find_node()).string(),
                    TRY(detail::write_node_host(places.node_host)).string()};
    for (const auto& file : files)
        command.argv.push_back(file.string());
    return command;
}

Result<os::Command> manifest_command(const fs::path& folder, Source& source) {
    const auto file = folder / "extension.toml";
    const auto manifest =
        TRY(parse_manifest(TRY(os::read_file(file, std::size_t{1} << 20U))).context(file.string()));
    if (!manifest.name.empty()) source.name = manifest.name;
    os::Command command;
    command.argv = manifest.command;
    // Files beside the manifest are named as it sees them.
    for (auto& word : command.argv) {
        if (fs::path(word).is_relative() && is_file(folder / word) &&
            (word.find('/') != std::string::npos || &word != command.argv.data()))
            word = (folder / word).string();
    }
    command.environment = os::environment_of(manifest.environment);
    return command;
}

Result<os::Command> command_of(const fs::path& path, Source& source, const LaunchPlaces& places) {
    if (is_folder(path)) {
        if (is_file(path / "extension.toml")) return manifest_command(path, source);
        return node_command(TRY(pi_extensions(path)), places);
    }
    if (is_script(path)) return node_command({path}, places);
    if (::access(path.c_str(), X_OK) != 0) {
        return Error(
            Code::kInvalidInput,
            fmt::format(
                "{} is no extension: it is neither TypeScript or JavaScript, nor a program (chmod +x), nor "
                "a folder with extension.toml or package.json",
                path.string()));
    }
    os::Command command;
    command.argv = {path.string()};
    return command;
}

// A name for what is at a path: the folder's for an index.
std::string name_of(const fs::path& path) {
    const auto stem = path.stem().string();
    return stem == "index" ? path.parent_path().filename().string() : stem;
}

}  // namespace

bool is_script(const fs::path& path) {
    static constexpr std::array<std::string_view, 7> kEndings = {".ts", ".mts", ".cts", ".tsx",
                                                                 ".js", ".mjs", ".cjs"};
    const auto ending = path.extension().string();
    return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

bool fits_pattern(std::string_view path, std::string_view pattern) {
    if (pattern.empty()) return path.empty();
    if (pattern.starts_with("**/")) {
        if (fits_pattern(path, pattern.substr(3))) return true;
        const auto slash = path.find('/');
        return slash != std::string_view::npos && fits_pattern(path.substr(slash + 1), pattern);
    }
    if (pattern.front() == '*') {
        for (std::size_t n = 0;; ++n) {
            if (fits_pattern(path.substr(n), pattern.substr(1))) return true;
            if (n == path.size() || path[n] == '/') return false;
        }
    }
    if (path.empty() || (pattern.front() != path.front() && (pattern.front() != '?' || path.front() == '/')))
        return false;
    return fits_pattern(path.substr(1), pattern.substr(1));
}

Result<std::vector<fs::path>> pi_extensions(const fs::path& folder) {
    std::vector<fs::path> out;
    const auto file = folder / "package.json";
    if (is_file(file)) {
        const auto package =
            TRY(parse_package(TRY(os::read_file(file, std::size_t{1} << 20U))).context(file.string()));
        for (const auto& each : package.extensions)
            TRY(add_declared(folder, each, out));
        if (package.has_pi && !package.extensions.empty() && out.empty())
            return Error(Code::kNotFound, fmt::format("{} names no extension that exists", file.string()));
    }
    if (out.empty() && is_folder(folder / "extensions")) add_folder(folder / "extensions", out);
    if (out.empty()) {
        auto index = index_of(folder);
        if (index.empty()) {
            return Error(
                Code::kNotFound,
                fmt::format(
                    "{} has no extension: no extension.toml, no \"pi\" in package.json, no extensions/ "
                    "and no index.ts",
                    folder.string()));
        }
        out.push_back(std::move(index));
    }
    return out;
}

Result<Source> source_of(const fs::path& given, std::string_view scope, const LaunchPlaces& places) {
    std::error_code error;
    const auto path = fs::canonical(given, error);
    if (error) return Error(Code::kNotFound, fmt::format("there is no extension {}", given.string()));
    Source source{.name = name_of(path), .path = path, .scope = std::string(scope), .command = {}};
    auto command = TRY(command_of(path, source, places));
    auto environment = os::environment_of(usual_environment());
    environment.insert(environment.end(), command.environment.begin(), command.environment.end());
    command.environment = std::move(environment);
    command.directory = places.workspace;
    source.command = std::move(command);
    return source;
}

}  // namespace hearth::extend
