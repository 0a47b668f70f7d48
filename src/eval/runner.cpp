#include "eval/runner.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <boost/json.hpp>

#include "core/json.h"
#include "eval/suite.h"
#include "os/files.h"

namespace hearth::eval {
namespace {

using Clock = std::chrono::steady_clock;

json::object settings_of(const RunRequest& request) {
    json::array agents;
    for (const auto& agent : request.agents)
        agents.push_back(
            json::object{{"name", agent.name}, {"command", agent.command}, {"contained", !agent.trusted}});
    json::object settings{{"hearth", request.version},
                          {"protocol", protocol_name(request.limits.protocol)},
                          {"tries", request.limits.tries},
                          {"seconds", request.limits.time.count()},
                          {"tokens", request.limits.tokens.value},
                          {"seeds", request.seeds},
                          {"models", json::value_from(request.models)},
                          {"agents", std::move(agents)}};
    // Only where there is one: runs of before it could be set go on.
    if (request.limits.joules > 0) settings["joules"] = request.limits.joules;
    return settings;
}

// An energy budget is kept only where energy can be told, and told apart from what other attempts take.
Status check_energy(const RunRequest& request) {
    if (request.limits.joules <= 0) return {};
    if (request.parallel > 1)
        return Error(
            Code::kInvalidInput,
            "an energy budget needs one attempt at a time (--parallel 1): the counters are those of the "
            "whole machine");
    if (EnergyMeter(request.energy_counters).joules()) return {};
    return Error(
        Code::kUnsupported,
        fmt::format(
            "an energy budget needs the energy counter of every processor package, and {} has none that can "
            "be read here: use --seconds, or let root make energy_uj readable (chmod a+r)",
            request.energy_counters.string()));
}

class SuiteRun {
public:
    SuiteRun(ResultStore& store, const RunRequest& request, const ModelSource& models, const Judge& judge,
             const RunObserver& observer, const std::stop_token& stop)
        : store_(store), request_(request), models_(models), observer_(observer), outer_(stop) {
        grading_.judge = judge;
        for (const auto& task : request.tasks)
            tasks_.emplace(task.id, &task);
        for (const auto& agent : request.agents)
            agents_.emplace(agent.name, &agent);
    }

    Result<std::int64_t> run() {
        TRY(check_energy(request_));
        TRY(store_.become_runner());
        run_ = TRY(store_.begin_run(TRY(make_plan(request_)), cells_of(request_), request_.again));
        TRY(open_sandbox());
        const auto before = TRY(store_.run(run_));
        progress_.all = before.attempts;
        progress_.finished = before.finished;
        progress_.passed = before.passed;
        for (const auto& model : request_.models)
            TRY(run_model(model));
        return run_;
    }

private:
    Status open_sandbox() {
        const auto ground = store_.scratch() / "ground";
        TRY(os::make_directories(ground));
        sandbox_.emplace(TRY(open_grading_sandbox(ground)));
        grading_.sandbox = &*sandbox_;
        grading_.scratch = store_.scratch();
        return {};
    }

    // Until nothing of this model is free, also of what other runners leave behind when they die meanwhile.
    Status run_model(const std::string& model) {
        while (true) {
            auto first = TRY(store_.claim(run_, model));
            if (!first) {
                if (TRY(store_.recover()) == 0) return {};
                continue;
            }
            auto handle = models_(model, outer_);
            if (!handle) {
                TRY(store_.release(first->id));
                return handle.error().with_context(fmt::format("model {}", model));
            }
            TRY(work_on(*handle, *first));
        }
    }

    Status work_on(const ModelHandle& handle, const AttemptRecord& first) {
        const std::stop_callback forward(outer_, [this] { stop_.request_stop(); });
        {
            std::vector<std::jthread> workers;
            for (int i = 1; i < request_.parallel; ++i)
                workers.emplace_back([this, &handle] { work(handle, std::nullopt); });
            work(handle, first);
        }
        if (failure_) return *failure_;
        if (outer_.stop_requested()) return Error(Code::kCancelled, "stopped; the same command goes on");
        return {};
    }

    void work(const ModelHandle& handle, std::optional<AttemptRecord> attempt) {
        while (!stop_.stop_requested()) {
            if (!attempt) {
                auto next = store_.claim(run_, handle.name);
                if (!next) return fail(next.error());
                attempt = *std::move(next);
                if (!attempt) return;
            }
            auto outcome = try_one(handle, *attempt);
            if (!outcome) {
                const auto released = store_.release(attempt->id);
                fail(outcome.error());
                if (!released) fail(released.error());
                return;
            }
            if (const auto status = store_.finish(attempt->id, *outcome); !status)
                return fail(status.error());
            tell(attempt->cell, *outcome);
            attempt.reset();
        }
        // The first attempt was claimed before the stop came.
        if (attempt) {
            if (const auto released = store_.release(attempt->id); !released) fail(released.error());
        }
    }

    Result<AttemptOutcome> try_one(const ModelHandle& handle, const AttemptRecord& attempt) {
        const auto task = tasks_.find(attempt.cell.task);
        const auto agent = agents_.find(attempt.cell.agent);
        if (task == tasks_.end() || agent == agents_.end())
            return Error(Code::kInternal, fmt::format("attempt {} is not part of this plan", attempt.id));
        const AttemptRequest request{
            .task = task->second,
            .agent = agent->second,
            .model = &handle,
            .seed = attempt.cell.seed,
            .limits = request_.limits,
            .folder = store_.folder_of(run_, attempt.id),
            .energy = request_.parallel == 1 ? request_.energy_counters : std::filesystem::path()};
        return run_attempt(request, grading_, stop_.get_token())
            .context(fmt::format("task {} with {}", attempt.cell.task, attempt.cell.agent));
    }

    void fail(const Error& error) {
        const std::scoped_lock lock(mutex_);
        // What was stopped because another failed is no failure of its own.
        if (!failure_ && !(error.code() == Code::kCancelled && stop_.stop_requested())) failure_ = error;
        stop_.request_stop();
    }

    void tell(const Cell& cell, const AttemptOutcome& outcome) {
        const std::scoped_lock lock(mutex_);
        ++done_here_;
        ++progress_.finished;
        progress_.passed += outcome.passed ? 1 : 0;
        const auto passed = std::chrono::duration<double>(Clock::now() - start_).count();
        progress_.seconds_left = passed / static_cast<double>(done_here_) *
                                 static_cast<double>(progress_.all - progress_.finished);
        progress_.last = cell;
        progress_.last_outcome = outcome;
        if (observer_) observer_(progress_);
    }

    ResultStore& store_;
    const RunRequest& request_;
    const ModelSource& models_;
    const RunObserver& observer_;
    std::stop_token outer_;
    std::stop_source stop_;
    std::map<std::string, const Task*, std::less<>> tasks_;
    std::map<std::string, const AgentSpec*, std::less<>> agents_;
    std::optional<sandbox::Sandbox> sandbox_;
    Grading grading_;
    std::int64_t run_ = 0;
    std::mutex mutex_;  // guards what follows, and the observer's calls
    RunProgress progress_;
    std::optional<Error> failure_;
    std::int64_t done_here_ = 0;
    Clock::time_point start_ = Clock::now();
};

}  // namespace

Result<RunPlan> make_plan(const RunRequest& request) {
    auto settings = settings_of(request);
    json::array tasks;
    for (const auto& task : request.tasks)
        tasks.push_back(json::object{{"id", task.id},
                                     {"fingerprint", TRY(fingerprint(task))},
                                     {"source", task.provenance.source},
                                     {"licence", task.provenance.licence}});
    settings["tasks"] = std::move(tasks);
    RunPlan plan;
    plan.suite = request.suite;
    plan.protocol = request.limits.protocol;
    plan.settings = json::serialize(settings);
    plan.key = os::sha256(plan.suite + "\n" + plan.settings);
    return plan;
}

std::vector<Cell> cells_of(const RunRequest& request) {
    std::vector<Cell> cells;
    for (const auto& model : request.models) {
        for (int seed = 1; seed <= request.seeds; ++seed) {
            for (const auto& task : request.tasks) {
                for (const auto& agent : request.agents)
                    cells.push_back({.task = task.id, .model = model, .agent = agent.name, .seed = seed});
            }
        }
    }
    return cells;
}

Result<std::int64_t> run_suite(ResultStore& store, const RunRequest& request, const ModelSource& models,
                               const Judge& judge, const RunObserver& observer, std::stop_token stop) {
    return SuiteRun(store, request, models, judge, observer, stop).run();
}

}  // namespace hearth::eval
