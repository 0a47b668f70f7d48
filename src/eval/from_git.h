#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/git_repository.h"
#include "eval/grading.h"
#include "eval/task_writer.h"

namespace hearth::eval {

// What a commit did to one file.
struct CommitChange {
    char status = 'M';  // as git prints it: A, M, D, T
    std::string path;
};

struct Commit {
    std::string hash;
    std::string subject;
    std::string body;
    std::vector<CommitChange> changes;
};

// Output of `git log` in the format that from_git() asks for. Errors: kCorrupt. Pure.
[[nodiscard]] Result<std::vector<Commit>> parse_commits(std::string_view log);

// How a commit is split into a task; nothing when it is none: it changes no tests or no sources, or removes a source.
struct CommitSplit {
    std::vector<std::string> tests;
    std::vector<std::string> sources;
};

[[nodiscard]] std::optional<CommitSplit> split_commit(const Commit& commit);

struct GitImport {
    std::filesystem::path repository;
    std::filesystem::path suite;
    std::string test_command;  // empty: found by the build files of each commit's parent
    std::size_t max_tasks = 20;
    std::size_t max_commits = 500;  // looked at, newest first
    int runs = 2;                   // of each proof
    std::string licence = "your own";
};

// Commits that made failing tests pass become tasks: work/ is the tree before, tests/ the commit's tests, solution/ its other
// files. A commit becomes a task only when its tests fail on the tree before and pass with its sources, every time.
[[nodiscard]] Result<Imported> import_git(
    const GitImport& import, const Grading& grading,
    const std::function<void(std::size_t done, std::size_t all)>& progress, std::stop_token stop);

}  // namespace hearth::eval
