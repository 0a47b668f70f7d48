#include "eval/git_repository.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxOutput = std::size_t{64} << 20U;

Result<std::string> run_program(std::vector<std::string> argv, const fs::path& folder,
                                const std::string& input,
                                std::vector<std::pair<std::string, std::string>> environment = {}) {
    os::Command command;
    command.argv = std::move(argv);
    command.environment = os::environment_of({"PATH", "HOME"});
    command.environment.insert(command.environment.end(), environment.begin(), environment.end());
    command.environment.emplace_back("LC_ALL", "C");
    command.environment.emplace_back("GIT_OPTIONAL_LOCKS", "0");
    command.directory = folder;
    command.input = input;
    auto exit = TRY(os::run(command, {.timeout = std::chrono::minutes(5), .max_output = kMaxOutput}));
    if (exit.ok()) return std::move(exit.out);
    return Error(Code::kInvalidInput, fmt::format("{} {}: {}", command.argv.front(), os::describe(exit),
                                                  head_and_tail(trim(exit.err), 500, 500)));
}

}  // namespace

Result<GitRepository> GitRepository::open(const fs::path& folder) {
    if (!os::find_program("git")) return Error(Code::kNotFound, "git is not installed");
    std::error_code error;
    const GitRepository repository(fs::canonical(folder, error));
    if (error || !repository.git({"rev-parse", "--git-dir"}))
        return Error(Code::kNotFound, fmt::format("{} is no git repository", folder.string()));
    return repository;
}

Result<std::string> GitRepository::git(const std::vector<std::string>& arguments,
                                       const std::string& input) const {
    std::vector<std::string> argv = {
        "git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run_program(std::move(argv), folder_, input);
}

Status GitRepository::export_tree(const std::string& commit, const fs::path& to) const {
    const auto scratch = TRY(os::TempDir::create("hearth-git"));
    const auto archive = (scratch.path() / "tree.tar").string();
    TRY(git({"archive", "--format=tar", "-o", archive, commit}));
    TRY(os::make_directories(to));
    TRY(run_program({"tar", "-xf", archive}, to, {}));
    return {};
}

Status apply_patch(const fs::path& folder, const std::string& patch) {
    // Without a repository above it that git would take the paths from.
    TRY(run_program({"git", "apply", "--whitespace=nowarn", "-"}, folder, patch,
                    {{"GIT_CEILING_DIRECTORIES", fs::absolute(folder).parent_path().string()}}));
    return {};
}

std::vector<std::string> patched_paths(std::string_view patch) {
    std::vector<std::string> paths;
    for (const auto line : split_lines(patch)) {
        constexpr std::string_view kMark = "+++ b/";
        if (!line.starts_with(kMark)) continue;
        std::string path(trim(line.substr(kMark.size(), line.find('\t') - kMark.size())));
        if (!path.empty() && std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
    }
    return paths;
}

}  // namespace hearth::eval
