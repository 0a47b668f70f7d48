#include "scaffold/project.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <set>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "scaffold/source_outline.h"
#include "scaffold/test_helpers.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMaxFiles = 400;
constexpr std::size_t kMaxFileBytes = std::size_t{200} * 1024;

std::string_view stem(std::string_view name) { return name.substr(0, name.rfind('.')); }

bool in_test_folder(std::string_view path) {
    const auto parts = split(path, '/');
    return std::any_of(parts.begin(), parts.end() - 1, [](std::string_view part) {
        return part == "tests" || part == "test" || part == "__tests__" || part == "spec";
    });
}

bool is_test_name(std::string_view name) {
    const auto base = to_lower_ascii(stem(name));
    return base.starts_with("test_") || base.ends_with("_test") || base.ends_with("_tests") ||
           base.ends_with(".test") || base.ends_with(".spec") || base.ends_with("_spec") || base == "test" ||
           base == "tests" || base == "conftest" ||
           (base.starts_with("test") && base.size() > 4 && name[4] >= 'A' && name[4] <= 'Z') ||
           (base.ends_with("test") && stem(name).ends_with("Test")) || stem(name).ends_with("Tests");
}

bool is_build_name(std::string_view name) {
    constexpr std::array<std::string_view, 14> kNames = {
        "Makefile", "makefile",     "GNUmakefile",    "CMakeLists.txt", "Cargo.toml",
        "go.mod",   "package.json", "pyproject.toml", "setup.py",       "setup.cfg",
        "tox.ini",  "pytest.ini",   "build.gradle",   "pom.xml"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// A rule for the target, also one for several: "check test: build".
bool has_make_target(std::string_view makefile, std::string_view target) {
    for (const auto line : split_lines(makefile)) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || line.substr(colon).starts_with(":=") ||
            line.starts_with('\t') || line.starts_with('#') ||
            line.substr(0, colon).find('=') != std::string_view::npos)
            continue;
        for (const auto word : split(line.substr(0, colon), ' ')) {
            if (trim(word) == target) return true;
        }
    }
    return false;
}

// The test script of a package.json, unless it is the one that npm init writes, which only fails.
bool has_npm_test(std::string_view text) {
    const auto package = parse_json(text);
    if (!package) return false;
    const auto* scripts = member(*package, "scripts");
    if (scripts == nullptr) return false;
    const auto script = string_member(*scripts, "test");
    return script && !trim(*script).empty() && script->find("no test specified") == std::string_view::npos;
}

bool has_ctest(std::string_view cmake) {
    for (const std::string_view sign : {"add_test", "enable_testing", "include(CTest)", "_discover_tests"}) {
        if (cmake.find(sign) != std::string_view::npos) return true;
    }
    return false;
}

std::optional<std::string> make_command(const Project& project) {
    for (const std::string_view name : {"Makefile", "makefile", "GNUmakefile"}) {
        const auto* file = project.find(name);
        if (file == nullptr) continue;
        if (has_make_target(file->content, "test")) return "make test";
        if (has_make_target(file->content, "check")) return "make check";
    }
    return std::nullopt;
}

// A path as one word of a shell command.
std::string shell_word(const std::string& path) {
    const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
    });
    return plain ? path : "'" + replace_all(path, "'", "'\\''") + "'";
}

// Python finds modules in src/ only when told to.
std::string python_path(const Project& project) {
    const auto is_module = [](const ProjectFile& file) {
        return file.role == FileRole::kSource && file.path.ends_with(".py");
    };
    bool in_src = false;
    for (const auto& file : project.files) {
        if (!is_module(file)) continue;
        if (file.path.starts_with("src/")) {
            in_src = true;
        } else if (file.path.find('/') == std::string::npos && file.path != "setup.py") {
            return {};
        }
    }
    return in_src && project.find("src/__init__.py") == nullptr ? "PYTHONPATH=src " : "";
}

std::optional<std::string> python_command(const Project& project) {
    std::set<std::string> folders;  // of the tests
    bool pytest_style = project.find("pytest.ini") != nullptr || project.find("conftest.py") != nullptr;
    for (const auto* file : project.with_role(FileRole::kTest)) {
        const auto name = file_name(file->path);
        if (!name.ends_with(".py")) continue;
        if (name == "__init__.py" || name == "conftest.py" || !is_test_name(name)) continue;
        folders.insert(file->path.substr(0, file->path.size() - name.size()));
        const bool uses_unittest = file->content.find("unittest") != std::string::npos;
        pytest_style =
            pytest_style || !uses_unittest || file->content.find("import pytest") != std::string::npos;
    }
    if (folders.empty()) return std::nullopt;
    const auto path = python_path(project);
    if (pytest_style) return path + "python3 -m pytest -q";
    // From the top unittest finds only packages; a plain folder has to be named, and may be just one.
    const auto& folder = *folders.begin();
    const bool plain =
        folders.size() == 1 && !folder.empty() && project.find(folder + "__init__.py") == nullptr;
    if (!plain) return path + "python3 -m unittest -q";
    return fmt::format("{}python3 -m unittest discover -s {} -q", path,
                       shell_word(folder.substr(0, folder.size() - 1)));
}

}  // namespace

FileRole role_of(std::string_view path) {
    const auto name = file_name(path);
    if (is_build_name(name)) return FileRole::kBuild;
    const bool is_code =
        syntax_of(name) != Syntax::kUnknown || name.ends_with(".sh") || name.ends_with(".rb");
    if (is_code) return is_test_name(name) || in_test_folder(path) ? FileRole::kTest : FileRole::kSource;
    if (name.ends_with(".md") || name.ends_with(".txt") || name.ends_with(".rst")) return FileRole::kText;
    return FileRole::kOther;
}

std::string_view file_name(std::string_view path) {
    const auto at = path.rfind('/');
    return at == std::string_view::npos ? path : path.substr(at + 1);
}

const ProjectFile* Project::find(std::string_view path) const {
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.path == path; });
    return found == files.end() ? nullptr : &*found;
}

bool Project::may_change(std::string_view path) const {
    return open_files.empty() || std::find(open_files.begin(), open_files.end(), path) != open_files.end();
}

std::vector<const ProjectFile*> Project::with_role(FileRole role) const {
    std::vector<const ProjectFile*> found;
    for (const auto& file : files) {
        if (file.role == role) found.push_back(&file);
    }
    return found;
}

Result<Project> scan_project(const sandbox::WorkspaceFiles& files) {
    Project project;
    const auto paths = TRY(files.list(kMaxFiles));
    for (const auto& path : paths) {
        ProjectFile file{path, role_of(path), {}};
        if (file.role != FileRole::kOther) {
            auto content = files.read(path, kMaxFileBytes);
            const bool text = content && content->find('\0') == std::string::npos;
            if (text) {
                file.content = *std::move(content);
            } else {
                file.role = FileRole::kOther;  // too large, unreadable or binary: known by name alone
            }
        }
        project.files.push_back(std::move(file));
    }
    mark_test_helpers(project);
    return project;
}

std::optional<std::string> detect_test_command(const Project& project) {
    if (auto command = make_command(project)) return command;
    if (const auto* cmake = project.find("CMakeLists.txt"); cmake != nullptr && has_ctest(cmake->content)) {
        // A build folder that came along from elsewhere holds the paths of there.
        return "cmake --fresh -S . -B build >/dev/null && cmake --build build 2>&1 && ctest --test-dir build "
               "--output-on-failure";
    }
    if (project.find("Cargo.toml") != nullptr) return "cargo test --offline";
    if (project.find("go.mod") != nullptr) return "go test ./...";
    if (const auto* package = project.find("package.json");
        package != nullptr && has_npm_test(package->content)) {
        return "npm test --silent";
    }
    return python_command(project);
}

}  // namespace hearth::scaffold
