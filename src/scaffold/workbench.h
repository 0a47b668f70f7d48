#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event.h"
#include "agent/tool.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/behaviour.h"
#include "scaffold/failure_digest.h"
#include "scaffold/file_edits.h"
#include "scaffold/project.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

// What the scaffold's extensions share in one run: the project as it is now, what its tests say, and a bench on which edits are tried
// in copies of the workspace. The workspace itself is changed by tools alone.
// Threads: one owner.
class Workbench {
public:
    // Runs the test command once on the untouched project when there is one.
    // Errors: those of the sandbox and of reading the files.
    static Result<Workbench> open(const sandbox::WorkspaceFiles& files, agent::SandboxSource sandbox,
                                  std::string task, std::string test_command, agent::EventSink events,
                                  std::stop_token stop);

    // The test report of the project with these edits, in a copy. The same content is never tested twice.
    Result<TestReport> try_edits(const std::vector<FileEdit>& edits, std::stop_token stop);

    // What the project with these edits does on tests that nobody vouches for, in a copy (behaviour.h). At most 20 s.
    Result<Behaviour> watch(const std::vector<FileEdit>& edits, const Probe& probe, std::stop_token stop);

    // Reads the files again after tools changed them, and tests what is there.
    Result<TestReport> refresh(std::stop_token stop);

    // Only these files are changed and tried from here on.
    void keep_to(std::vector<std::string> paths);

    // Puts the files that differ back to the state of the best report.
    Status restore_best();

    [[nodiscard]] const Project& project() const { return project_; }

    [[nodiscard]] const TestReport& baseline() const { return baseline_; }

    [[nodiscard]] const TestReport& best() const { return best_; }

    // Ranked by what fails in the best state.
    [[nodiscard]] const std::vector<Target>& targets() const { return targets_; }

    // Those in files that may change (keep_to).
    [[nodiscard]] const std::vector<Target>& open_targets() const { return open_targets_; }

    [[nodiscard]] const std::string& test_command() const { return test_command_; }

    [[nodiscard]] const std::string& task() const { return task_; }

    [[nodiscard]] bool has_tests() const { return !test_command_.empty(); }

    // The target that the accepted answer was asked for, so that it is read in the same way again.
    Target current_target;

private:
    Workbench(const sandbox::WorkspaceFiles& files, agent::SandboxSource sandbox, std::string task,
              std::string test_command, agent::EventSink events)
        : files_(&files),
          sandbox_(std::move(sandbox)),
          task_(std::move(task)),
          test_command_(std::move(test_command)),
          events_(std::move(events)) {}

    Result<TestReport> run_tests(const std::vector<FileEdit>& edits, std::stop_token stop);
    void rank();
    [[nodiscard]] std::string state_key(const std::vector<FileEdit>& edits) const;

    const sandbox::WorkspaceFiles* files_;
    agent::SandboxSource sandbox_;
    std::string task_;
    std::string test_command_;
    agent::EventSink events_;
    Project project_;
    Project best_project_;
    TestReport baseline_;
    TestReport best_;
    std::vector<Target> targets_;
    std::vector<Target> open_targets_;
    std::optional<double> baseline_seconds_;                // how long the tests take here
    std::map<std::string, TestReport, std::less<>> known_;  // by content of the sources
};

}  // namespace hearth::scaffold
