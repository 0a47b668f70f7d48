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
                                const std::string& input, const GitRepository::Environment& environment) {
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
    GitRepository repository(fs::canonical(folder, error));
    if (error || !repository.git({"rev-parse", "--git-dir"}))
        return Error(Code::kNotFound, fmt::format("{} is no git repository", folder.string()));
    return repository;
}

Result<std::string> GitRepository::git(const std::vector<std::string>& arguments,
                                       const Environment& environment) const {
    std::vector<std::string> argv = {
        "git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run_program(std::move(argv), folder_, {}, environment);
}

// Through an index of its own: `git archive` leaves out what a project keeps from its releases (export-ignore), which often is
// its tests.
Status GitRepository::export_tree(const std::string& commit, const fs::path& to) const {
    const auto scratch = TRY(os::TempDir::create("hearth-git"));
    TRY(os::make_directories(to));
    const Environment environment = {{"GIT_INDEX_FILE", (scratch.path() / "index").string()},
                                     {"GIT_WORK_TREE", fs::absolute(to).string()}};
    TRY(git({"read-tree", commit}, environment));
    TRY(git({"checkout-index", "--all", "--force"}, environment));
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
