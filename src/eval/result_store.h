#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "eval/attempt.h"

namespace hearth::eval {

// What one run measures. Two runs with the same key ask for the same.
struct RunPlan {
    std::string key;
    std::string suite;
    std::string
        settings;  // JSON: version of hearth, protocol, tries, limits, agents, tasks with fingerprints
    Protocol protocol = Protocol::kStrict;
};

struct RunRecord {
    std::int64_t id = 0;
    RunPlan plan;
    std::int64_t created_ms = 0;
    std::int64_t attempts = 0;
    std::int64_t finished = 0;
    std::int64_t passed = 0;
};

// One cell of models x agents x tasks x seeds.
struct Cell {
    std::string task;
    std::string model;
    std::string agent;
    std::int64_t seed = 1;
};

struct AttemptRecord {
    std::int64_t id = 0;
    std::int64_t run = 0;
    Cell cell;
    bool finished = false;
    std::int64_t ended_ms = 0;
    AttemptOutcome outcome;
};

// Results of evaluations in one SQLite file, with a folder beside it ("<file>.files") for trajectories.
//
// An attempt is a row. A runner claims it in a transaction and writes it once, with its result; a runner holds a lock file
// while it lives, so that what a dead one had claimed is found and given back. Killed at any moment, nothing that was
// finished is lost and nothing is counted twice.
// Several processes may run on one store. Threads: any.
class ResultStore {
public:
    static Result<ResultStore> open(const std::filesystem::path& file);

    // For looking only. Errors: kNotFound when there is none.
    static Result<ResultStore> open_to_read(const std::filesystem::path& file);

    ResultStore(ResultStore&&) noexcept;
    ResultStore& operator=(ResultStore&&) noexcept;
    ~ResultStore();

    // The newest run with this plan's key, with all its cells as rows; a new one when there is none or `again` is set.
    Result<std::int64_t> begin_run(const RunPlan& plan, const std::vector<Cell>& cells, bool again);

    // Makes this object a runner that may claim. Gives back what dead runners had claimed and removes their scratch folders.
    Status become_runner();

    // Gives back the claims of runners that have died since. How many there were.
    Result<std::int64_t> recover();

    // The next free attempt of a run for one model, now claimed; none when all are claimed or finished.
    Result<std::optional<AttemptRecord>> claim(std::int64_t run, const std::string& model);

    // Writes the result of a claimed attempt. Errors: kConflict when it is not claimed by this runner.
    Status finish(std::int64_t attempt, const AttemptOutcome& outcome);

    // Gives a claimed attempt back unfinished.
    Status release(std::int64_t attempt);

    [[nodiscard]] Result<std::vector<RunRecord>> runs();
    [[nodiscard]] Result<RunRecord> run(std::int64_t id);
    [[nodiscard]] Result<std::vector<AttemptRecord>> attempts(std::int64_t run);
    [[nodiscard]] Result<AttemptRecord> attempt(std::int64_t id);

    [[nodiscard]] std::filesystem::path folder_of(std::int64_t run, std::int64_t attempt) const;

    // Where this runner makes workspaces; removed with it, or by the next runner. Only after become_runner().
    [[nodiscard]] const std::filesystem::path& scratch() const;

private:
    struct State;
    explicit ResultStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hearth::eval
