#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/agent.h"
#include "eval/grading.h"
#include "eval/task.h"

namespace hearth::eval {

// A unified diff of the folders before/ and after/ without the times of its files, which are those of the copies and differ between two
// runs that are alike. Pure.
[[nodiscard]] std::string without_times(std::string_view diff);

// Content hashes of a workspace's files by path.
using Snapshot = std::map<std::string, std::string>;

[[nodiscard]] Result<Snapshot> snapshot(const std::filesystem::path& workspace);

// Paths that were added, removed or changed between two snapshots, sorted. Pure.
[[nodiscard]] std::vector<std::string> changed_paths(const Snapshot& before, const Snapshot& after);

// The folder that keeps what happened in one attempt:
//     in/instructions.md, in/prompt.md    what the agent was told (of the last try)
//     in/tools.json                       what it was offered, of a tool-use item
//     try-N/prompt.md, stdout.txt, stderr.txt, tests.txt
//     before/, after/                     the changed files
//     changes.diff
class Trajectory {
public:
    // An empty folder; what an earlier, unfinished attempt left is removed.
    static Result<Trajectory> begin(const std::filesystem::path& folder, const Task& task);

    Status prompt(int number, std::string_view text) const;
    Status agent(int number, const AgentRun& run) const;
    Status tests(int number, const Grade& grade) const;
    Status changes(const std::filesystem::path& workspace, const std::vector<std::string>& paths) const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
    Trajectory(std::filesystem::path folder, const Task& task) : folder_(std::move(folder)), task_(&task) {}

    [[nodiscard]] std::filesystem::path try_folder(int number) const;

    std::filesystem::path folder_;
    const Task* task_;
};

}  // namespace hearth::eval
