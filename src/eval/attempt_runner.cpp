#include "eval/attempt_runner.h"

#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <functional>
#include <mutex>
#include <thread>

#include "core/text.h"
#include "eval/energy.h"
#include "eval/failure_class.h"
#include "eval/file_tree.h"
#include "eval/trajectory.h"
#include "os/files.h"
#include "sandbox/workspace_files.h"
#include "scaffold/failure_digest.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxFeedback = 4000;

// A workspace of its own for one attempt, removed at its end.
class AttemptWorkspace {
public:
    static Result<AttemptWorkspace> create(const Task& task, Protocol protocol, const fs::path& scratch) {
        AttemptWorkspace workspace;
        if (!task.has_folder()) {
            workspace.folder_.emplace(TRY(os::TempDir::create("hearth-question", scratch)));
            workspace.path_ = workspace.folder_->path() / "answer";
            TRY(os::make_directories(workspace.path_));
            return workspace;
        }
        workspace.copy_.emplace(TRY(sandbox::WorkspaceCopy::create(task.work(), {.parent = scratch})));
        workspace.path_ = workspace.copy_->path();
        if (protocol == Protocol::kOpen) TRY(overlay(task.tests(), workspace.path_));
        return workspace;
    }

    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    AttemptWorkspace() = default;

    std::optional<os::TempDir> folder_;
    std::optional<sandbox::WorkspaceCopy> copy_;
    fs::path path_;
};

// Ends an agent's work when its attempt has taken as much energy as it may. The counters of the kernel call nobody, so they are
// read often; a joule is a few hundredths of a second of a busy desktop.
class EnergyBudget {
public:
    // `joules` 0: no limit. `stop` is passed on.
    EnergyBudget(const EnergyMeter& meter, double joules, const std::stop_token& stop)
        : forward_(stop, [this] { source_.request_stop(); }) {
        if (joules > 0)
            watch_ = std::jthread([this, &meter, joules](const std::stop_token& over) {
                std::mutex mutex;
                std::condition_variable_any sleep;
                std::unique_lock lock(mutex);
                while (!sleep.wait_for(lock, over, kLook, [] { return false; }) && !over.stop_requested()) {
                    if (meter.joules().value_or(0) < joules) continue;
                    source_.request_stop();
                    return;
                }
            });
    }

    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    static constexpr std::chrono::milliseconds kLook{20};

    std::stop_source source_;
    std::stop_callback<std::function<void()>> forward_;
    std::jthread watch_;  // last, so that it ends first
};

class AttemptRun {
public:
    AttemptRun(const AttemptRequest& request, const Grading& grading, std::stop_token stop)
        : request_(request),
          grading_(grading),
          stop_(std::move(stop)),
          agent_(make_agent(*request.agent)),
          meter_(request.energy) {}

    Result<AttemptOutcome> run() {
        const auto& task = *request_.task;
        trajectory_.emplace(TRY(Trajectory::begin(request_.folder, task)));
        const auto workspace =
            TRY(AttemptWorkspace::create(task, request_.limits.protocol, grading_.scratch));
        before_ = TRY(snapshot(workspace.path()));
        outcome_.engine = request_.model->engine;
        outcome_.folder = request_.folder.string();
        std::string feedback;
        // Calls of tools have their effects at once; nobody could take them back for a second try.
        const int tries = task.tool_item ? 1 : request_.limits.tries;
        for (int number = 1; number <= tries; ++number) {
            const auto grade = TRY(one_try(number, workspace.path(), feedback));
            if (outcome_.passed || over_budget_ || energy_spent() || time_left().count() <= 0) break;
            feedback = feedback_of(grade);
        }
        outcome_.joules = meter_.joules();
        outcome_.failure = outcome_.passed ? Failure::kNone : outcome_.tries.back().failure;
        TRY(trajectory_->changes(workspace.path(), changed_paths(before_, TRY(snapshot(workspace.path())))));
        return std::move(outcome_);
    }

private:
    [[nodiscard]] std::chrono::milliseconds time_left() const {
        const auto all = std::chrono::duration_cast<std::chrono::milliseconds>(request_.limits.time);
        return all - std::chrono::milliseconds(static_cast<std::int64_t>(outcome_.seconds * 1000));
    }

    [[nodiscard]] bool energy_spent() const {
        return request_.limits.joules > 0 && meter_.joules().value_or(0) >= request_.limits.joules;
    }

    Result<Grade> one_try(int number, const fs::path& workspace, const std::string& feedback) {
        const auto& task = *request_.task;
        const auto run = TRY(ask(number, workspace, feedback));
        auto changed = changed_paths(before_, TRY(snapshot(workspace)));
        auto grade = eval::grade(task, workspace, grading_, stop_);
        if (!grade) return grade.error().with_context("grading");
        TRY(trajectory_->tests(number, *grade));
        const bool solution = std::ranges::any_of(
            changed, [&](const std::string& path) { return is_solution_file(task, path); });
        const auto failure = classify({.end = run.end,
                                       .changed = !changed.empty(),
                                       .changed_solution = solution,
                                       .over_budget = over_budget_},
                                      *grade);
        const bool passed = failure == Failure::kNone;
        outcome_.tries.push_back({passed, failure, run.seconds, grade->seconds});
        outcome_.tests_touched = outcome_.tests_touched || grade->tests_touched;
        if (passed) {
            outcome_.passed = true;
            outcome_.passed_at = number;
        }
        return grade;
    }

    Result<AgentRun> ask(int number, const fs::path& workspace, const std::string& feedback) {
        const auto& task = *request_.task;
        const bool open = request_.limits.protocol == Protocol::kOpen;
        AgentTask job;
        job.task = &task;
        job.model = request_.model;
        job.workspace = workspace;
        job.folder = request_.folder;
        job.prompt = number == 1 ? first_prompt(task, request_.limits.protocol)
                                 : next_prompt(task, request_.limits.protocol, feedback);
        job.feedback = feedback;
        if (open && task.has_folder()) job.test_command = task.test_command;
        job.seed = request_.seed;
        job.number = number;
        job.time = time_left();
        if (request_.limits.tokens.value > 0)
            job.tokens = {std::max<std::int64_t>(1, request_.limits.tokens.value - generated())};
        TRY(trajectory_->prompt(number, job.prompt));
        const EnergyBudget energy(meter_, request_.limits.joules, stop_);
        auto run = TRY(agent_->run(job, energy.token()));
        over_budget_ = energy_spent();
        if (run.end == AgentEnd::kStopped && !over_budget_)
            return Error(Code::kCancelled, fmt::format("the agent {} was stopped", request_.agent->name));
        TRY(trajectory_->agent(number, run));
        outcome_.seconds += run.seconds;
        if (run.tokens) {
            if (!outcome_.tokens) outcome_.tokens.emplace();
            *outcome_.tokens += *run.tokens;
        }
        over_budget_ =
            over_budget_ || (request_.limits.tokens.value > 0 && generated() > request_.limits.tokens.value);
        return run;
    }

    [[nodiscard]] std::int64_t generated() const {
        return outcome_.tokens ? outcome_.tokens->generated.value : 0;
    }

    const AttemptRequest& request_;
    const Grading& grading_;
    std::stop_token stop_;
    std::unique_ptr<Agent> agent_;
    EnergyMeter meter_;
    std::optional<Trajectory> trajectory_;
    Snapshot before_;
    AttemptOutcome outcome_;
    bool over_budget_ = false;
};

}  // namespace

std::string first_prompt(const Task& task, Protocol protocol) {
    std::string text(trim(task.instructions));
    if (!task.has_folder()) return text;
    text += fmt::format(
        "\n\nChange only: {}. Keep the names that the text and the files give. Use nothing but the standard "
        "library.",
        join(task.solution_files, ", "));
    if (protocol == Protocol::kOpen)
        text += fmt::format("\nThe tests lie in the folder; run them with: {}", task.test_command);
    return text + "\n";
}

std::string next_prompt(const Task& task, Protocol protocol, std::string_view feedback) {
    return fmt::format(
        "{}\nYour change does not pass the tests yet. They said:\n\n{}\n\nThe tests are right. Correct the "
        "files.\n",
        first_prompt(task, protocol), trim(feedback));
}

std::string feedback_of(const Grade& grade) {
    const auto report = scaffold::digest_test_run({.output = grade.output,
                                                   .exit_code = grade.exit_code,
                                                   .signal = 0,
                                                   .timed_out = grade.timed_out,
                                                   .workspace = {}});
    const auto& text = report.digest.empty() ? grade.output : report.digest;
    return head_and_tail(trim(text), kMaxFeedback / 2, kMaxFeedback / 2);
}

Result<AttemptOutcome> run_attempt(const AttemptRequest& request, const Grading& grading,
                                   std::stop_token stop) {
    return AttemptRun(request, grading, std::move(stop)).run();
}

}  // namespace hearth::eval
