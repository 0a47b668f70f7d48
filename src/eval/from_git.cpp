#include "eval/from_git.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"
#include "eval/check.h"
#include "sandbox/workspace_files.h"
#include "scaffold/project.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

// Bytes that no commit message holds part the fields.
constexpr char kRecord = '\x1e';
constexpr char kField = '\x1f';
constexpr std::size_t kMaxSources = 12;
constexpr std::string_view kFormat = "--format=%x1e%H%x1f%s%x1f%b%x1f";

std::string language_of(const std::string& path) {
    const auto ending = fs::path(path).extension().string();
    if (ending == ".py") return "python";
    if (ending == ".cpp" || ending == ".cc" || ending == ".h" || ending == ".hpp") return "cpp";
    if (ending == ".js" || ending == ".ts" || ending == ".mjs") return "javascript";
    if (ending == ".rs") return "rust";
    if (ending == ".sh") return "shell";
    return ending.empty() ? "text" : ending.substr(1);
}

std::string kind_of(const Commit& commit, const CommitSplit& split) {
    if (split.sources.size() > 2) return "multi-file";
    const auto subject = to_lower_ascii(commit.subject);
    const bool fix = subject.find("fix") != std::string::npos || subject.find("bug") != std::string::npos ||
                     subject.find("wrong") != std::string::npos;
    return fix ? "bug-fix" : "feature";
}

std::string difficulty_of(std::int64_t lines) {
    return lines <= 10 ? "easy" : lines <= 40 ? "medium" : "hard";
}

class Importer {
public:
    Importer(const GitImport& import, const Grading& grading, std::stop_token stop,
             const GitRepository& repository)
        : import_(import), grading_(grading), stop_(std::move(stop)), repository_(repository) {}

    // Whether the commit became a task; else the reason is among those skipped.
    Status add(const Commit& commit, const CommitSplit& split, Imported& result) {
        const auto id = task_id(
            fmt::format("{}-{}", commit.hash.substr(0, 8), to_lower_ascii(commit.subject.substr(0, 40))));
        const auto skip = [&](std::string_view why) {
            result.skipped.push_back(fmt::format("{} {}: {}", commit.hash.substr(0, 8), commit.subject, why));
        };
        auto writer = TaskWriter::begin(import_.suite, id);
        if (!writer) {
            skip(writer.error().message());
            return {};
        }
        TRY(repository_.export_tree(commit.hash + "^", writer->part("work")));
        TRY(take_files(*writer, "tests", commit, split.tests));
        TRY(take_files(*writer, "solution", commit, split.sources));
        auto task = describe(commit, split);
        task.test_command = TRY(test_command(writer->part("work")));
        if (task.test_command.empty()) {
            skip("no test command was found; name one with --test");
            return {};
        }
        TRY(set_difficulty(commit, split, task));
        const auto written = TRY(writer->write_header(task));
        const auto checked =
            TRY(check_tasks({written}, grading_, {.runs = import_.runs, .workers = 1}, {}, stop_));
        if (!checked.front().mistakes.empty()) {
            skip(replace_all(checked.front().mistakes.front(), written.folder.string() + "/", ""));
            return {};
        }
        TRY(writer->keep());
        result.tasks.push_back(id);
        return {};
    }

private:
    Status take_files(const TaskWriter& writer, std::string_view part, const Commit& commit,
                      const std::vector<std::string>& paths) const {
        for (const auto& path : paths) {
            const auto mode = TRY(repository_.git({"ls-tree", commit.hash, "--", path}));
            const auto text = TRY(repository_.git({"cat-file", "blob", commit.hash + ":" + path}));
            TRY(writer.file(part, path, text, mode.starts_with("100755")));
        }
        return {};
    }

    [[nodiscard]] Task describe(const Commit& commit, const CommitSplit& split) const {
        Task task;
        task.title = commit.subject;
        task.kind = kind_of(commit, split);
        task.language = language_of(split.sources.front());
        task.tags = {"from-git"};
        task.solution_files = split.sources;
        task.instructions = fmt::format("# {}\n\n{}", commit.subject, trim(commit.body));
        task.test_time = std::chrono::seconds(300);
        task.provenance = {.source = "commit " + commit.hash, .licence = import_.licence, .added = {}};
        return task;
    }

    Status set_difficulty(const Commit& commit, const CommitSplit& split, Task& task) const {
        std::vector<std::string> arguments = {"diff",      "--numstat", "--no-renames", commit.hash + "^",
                                              commit.hash, "--"};
        arguments.insert(arguments.end(), split.sources.begin(), split.sources.end());
        const auto numbers = TRY(repository_.git(arguments));
        std::int64_t lines = 0;
        for (const auto line : split_lines(numbers)) {
            const auto fields = hearth::split(line, '\t');
            if (fields.size() >= 2)
                lines += std::max(parse_number(fields[0]).value_or(0), parse_number(fields[1]).value_or(0));
        }
        task.difficulty = difficulty_of(lines);
        return {};
    }

    [[nodiscard]] Result<std::string> test_command(const fs::path& work) const {
        if (!import_.test_command.empty()) return import_.test_command;
        const auto files = TRY(sandbox::WorkspaceFiles::open(work));
        return scaffold::detect_test_command(TRY(scaffold::scan_project(files))).value_or("");
    }

    const GitImport& import_;
    const Grading& grading_;
    std::stop_token stop_;
    const GitRepository& repository_;
};

}  // namespace

Result<std::vector<Commit>> parse_commits(std::string_view log) {
    std::vector<Commit> commits;
    for (const auto record : split(log, kRecord)) {
        if (trim(record).empty()) continue;
        const auto fields = split(record, kField);
        if (fields.size() != 4 || fields[0].size() < 40)
            return Error(Code::kCorrupt, "git printed a commit in a form that is not known");
        Commit commit{.hash = std::string(fields[0]),
                      .subject = std::string(trim(fields[1])),
                      .body = std::string(trim(fields[2])),
                      .changes = {}};
        // "\0\nM\0path\0A\0path\0".
        auto list = fields[3];
        while (!list.empty() && (list.front() == '\0' || list.front() == '\n'))
            list.remove_prefix(1);
        const auto parts = split(list, '\0');
        for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
            const auto status = trim(parts[i]);
            if (status.empty()) break;
            commit.changes.push_back({status.front(), std::string(parts[i + 1])});
        }
        commits.push_back(std::move(commit));
    }
    return commits;
}

std::optional<CommitSplit> split_commit(const Commit& commit) {
    CommitSplit split;
    for (const auto& change : commit.changes) {
        const auto role = scaffold::role_of(change.path);
        const bool test = role == scaffold::FileRole::kTest;
        if (change.status == 'D' && role == scaffold::FileRole::kSource) return std::nullopt;
        if (change.status != 'A' && change.status != 'M') continue;
        // Documents that came along are no part of what is to be solved.
        if (!test && role != scaffold::FileRole::kSource && role != scaffold::FileRole::kBuild) continue;
        (test ? split.tests : split.sources).push_back(change.path);
    }
    if (split.tests.empty() || split.sources.empty() || split.sources.size() > kMaxSources)
        return std::nullopt;
    return split;
}

Result<Imported> import_git(const GitImport& import, const Grading& grading,
                            const std::function<void(std::size_t, std::size_t)>& progress,
                            std::stop_token stop) {
    const auto repository = TRY(GitRepository::open(import.repository));
    const auto log =
        TRY(repository.git({"log", "--no-merges", "--no-renames", "--min-parents=1", "--name-status", "-z",
                            std::string(kFormat), fmt::format("--max-count={}", import.max_commits)}));
    const auto commits = TRY(parse_commits(log));
    TRY(begin_suite(import.suite, "From our own history", "Commits that made failing tests pass."));
    Importer importer(import, grading, stop, repository);
    Imported result;
    std::size_t done = 0;
    for (const auto& commit : commits) {
        if (stop.stop_requested()) return Error(Code::kCancelled, "stopped; the tasks found so far are kept");
        if (result.tasks.size() >= import.max_tasks) break;
        if (progress) progress(++done, commits.size());
        const auto split = split_commit(commit);
        if (!split) continue;
        const auto status = importer.add(commit, *split, result);
        if (status) continue;
        if (status.error().code() == Code::kCancelled) return status.error();
        result.skipped.push_back(
            fmt::format("{} {}: {}", commit.hash.substr(0, 8), commit.subject, status.error().message()));
    }
    return result;
}

}  // namespace hearth::eval
