#include "eval/trajectory.h"

#include <fmt/format.h>

#include "core/text.h"
#include "eval/tool_calls.h"
#include "os/files.h"
#include "os/process.h"
#include "sandbox/workspace_files.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxKeptFiles = 200;
constexpr std::size_t kMaxKeptFile = std::size_t{1} << 20U;

}  // namespace

Result<Snapshot> snapshot(const fs::path& workspace) {
    const auto files = TRY(sandbox::WorkspaceFiles::open(workspace));
    const auto paths = TRY(files.list());
    Snapshot result;
    for (const auto& path : paths) {
        if (path.ends_with(".pyc")) continue;
        const auto content = files.read(path);
        result.emplace(path, content ? os::sha256(*content) : std::string("unreadable"));
    }
    return result;
}

std::vector<std::string> changed_paths(const Snapshot& before, const Snapshot& after) {
    std::vector<std::string> paths;
    Snapshot all = after;
    all.insert(before.begin(), before.end());
    for (const auto& [path, unused] : all) {
        const auto old = before.find(path);
        const auto now = after.find(path);
        if (old == before.end() || now == after.end() || old->second != now->second) paths.push_back(path);
    }
    return paths;
}

Result<Trajectory> Trajectory::begin(const fs::path& folder, const Task& task) {
    TRY(os::remove_tree(folder));
    TRY(os::make_directories(folder / "in"));
    // A contained agent is another user where hearth runs as root.
    std::error_code error;
    constexpr fs::perms kReadable = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                                    fs::perms::others_read | fs::perms::others_exec;
    fs::permissions(folder / "in", kReadable, error);
    if (error)
        return errno_error(error.value(), fmt::format("cannot open {} to agents", (folder / "in").string()));
    TRY(os::write_file_atomic(folder / "in/instructions.md", task.instructions));
    if (task.tool_item) TRY(os::write_file_atomic(folder / "in" / kToolsFile, tools_json(*task.tool_item)));
    return Trajectory(folder, task);
}

fs::path Trajectory::try_folder(int number) const { return folder_ / fmt::format("try-{}", number); }

Status Trajectory::prompt(int number, std::string_view text) const {
    TRY(os::write_file_atomic(folder_ / "in/prompt.md", text));
    return os::write_file_atomic(try_folder(number) / "prompt.md", text);
}

Status Trajectory::agent(int number, const AgentRun& run) const {
    TRY(os::write_file_atomic(try_folder(number) / "stdout.txt", run.out));
    return os::write_file_atomic(try_folder(number) / "stderr.txt", run.err);
}

Status Trajectory::tests(int number, const Grade& grade) const {
    return os::write_file_atomic(try_folder(number) / "tests.txt", grade.output);
}

std::string without_times(std::string_view diff) {
    std::string out;
    const auto lines = split_lines(diff);
    const auto heads = [&](std::size_t n) {
        return n + 1 < lines.size() && lines[n].starts_with("--- before/") &&
               lines[n + 1].starts_with("+++ after/");
    };
    for (std::size_t n = 0; n < lines.size(); ++n) {
        // A line of a file may look like one half of a header, not like both.
        const bool header = heads(n) || (n > 0 && heads(n - 1));
        out += header ? lines[n].substr(0, lines[n].find('\t')) : lines[n];
        out += '\n';
    }
    return out;
}

Status Trajectory::changes(const fs::path& workspace, const std::vector<std::string>& paths) const {
    const auto files = TRY(sandbox::WorkspaceFiles::open(workspace));
    TRY(os::make_directories(folder_ / "before"));
    TRY(os::make_directories(folder_ / "after"));
    std::size_t kept = 0;
    std::error_code error;
    for (const auto& path : paths) {
        if (++kept > kMaxKeptFiles) break;
        const auto now = files.read(path, kMaxKeptFile);
        if (now) TRY(os::write_file_atomic(folder_ / "after" / path, *now));
        if (!task_->has_folder() || !fs::is_regular_file(task_->work() / path, error)) continue;
        const auto old = os::read_file(task_->work() / path, kMaxKeptFile);
        if (old) TRY(os::write_file_atomic(folder_ / "before" / path, *old));
    }
    const auto diff = os::find_system_program("diff");
    if (!diff)
        return Error(Code::kUnavailable,
                     "diff is not installed; install it with `sudo apt-get install diffutils`");
    os::Command command;
    command.argv = {diff->string(), "-ruN", "before", "after"};
    command.environment = {{"LC_ALL", "C"}, {"TZ", "UTC"}};
    command.directory = folder_;
    const auto exit =
        TRY(os::run(command, {.timeout = std::chrono::seconds(20), .max_output = kMaxKeptFile}));
    return os::write_file_atomic(folder_ / "changes.diff", without_times(exit.out));
}

}  // namespace hearth::eval
