#include "eval/result_store.h"

#include <array>
#include <fmt/format.h>
#include <mutex>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "os/files.h"
#include "store/sqlite.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

using store::Database;
using store::Row;
using store::Value;

constexpr std::array<std::string_view, 1> kMigrations = {R"(
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    suite TEXT NOT NULL,
    protocol TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_ms INTEGER NOT NULL
);
CREATE INDEX runs_by_key ON runs(key);
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs(id),
    task TEXT NOT NULL,
    model TEXT NOT NULL,
    agent TEXT NOT NULL,
    seed INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'claimed', 'finished')),
    runner TEXT,
    claims INTEGER NOT NULL DEFAULT 0,
    started_ms INTEGER,
    ended_ms INTEGER,
    passed INTEGER,
    passed_at INTEGER,
    failure TEXT,
    tests_touched INTEGER,
    tries TEXT,
    seconds REAL,
    prompt_tokens INTEGER,
    cached_tokens INTEGER,
    generated_tokens INTEGER,
    joules REAL,
    engine TEXT,
    folder TEXT,
    UNIQUE (run, task, model, agent, seed)
);
CREATE INDEX attempts_by_state ON attempts(run, state, model);
)"};

constexpr std::string_view kColumns =
    "id, run, task, model, agent, seed, state, ended_ms, passed, passed_at, failure, tests_touched, tries, "
    "seconds, "
    "prompt_tokens, cached_tokens, generated_tokens, joules, engine, folder";

constexpr std::string_view kRunQuery =
    "SELECT runs.id, key, suite, settings, protocol, created_ms, count(attempts.id), "
    "total(state = 'finished'), total(state = 'finished' AND passed) FROM runs LEFT JOIN attempts ON run = "
    "runs.id ";

std::string tries_json(const std::vector<Try>& tries) {
    json::array list;
    for (const auto& each : tries) {
        list.push_back(json::object{{"passed", each.passed},
                                    {"failure", failure_name(each.failure)},
                                    {"agent_seconds", each.agent_seconds},
                                    {"test_seconds", each.test_seconds}});
    }
    return json::serialize(list);
}

std::vector<Try> tries_from(const std::string& text) {
    std::vector<Try> tries;
    const auto value = parse_json(text);
    if (!value || !value->is_array()) return tries;
    for (const auto& each : value->get_array()) {
        tries.push_back(
            {.passed = bool_member(each, "passed").value_or(false),
             .failure =
                 failure_from_name(string_member(each, "failure").value_or("")).value_or(Failure::kNone),
             .agent_seconds = number_member(each, "agent_seconds").value_or(0),
             .test_seconds = number_member(each, "test_seconds").value_or(0)});
    }
    return tries;
}

AttemptRecord attempt_from(const Row& row) {
    AttemptRecord record;
    record.id = row.integer(0);
    record.run = row.integer(1);
    record.cell = {.task = row.text(2), .model = row.text(3), .agent = row.text(4), .seed = row.integer(5)};
    record.finished = row.text(6) == "finished";
    record.ended_ms = row.integer(7);
    auto& outcome = record.outcome;
    outcome.passed = row.integer(8) != 0;
    outcome.passed_at = row.integer(9);
    outcome.failure = failure_from_name(row.text(10)).value_or(Failure::kNone);
    outcome.tests_touched = row.integer(11) != 0;
    outcome.tries = tries_from(row.text(12));
    outcome.seconds = row.real(13);
    if (!row.is_null(14))
        outcome.tokens = TokenCount{{row.integer(14)}, {row.integer(15)}, {row.integer(16)}};
    outcome.joules = row.maybe_real(17);
    outcome.engine = row.text(18);
    outcome.folder = row.text(19);
    return record;
}

RunRecord run_from(const Row& row) {
    RunRecord record;
    record.id = row.integer(0);
    record.plan = {.key = row.text(1),
                   .suite = row.text(2),
                   .settings = row.text(3),
                   .protocol = row.text(4) == "open" ? Protocol::kOpen : Protocol::kStrict};
    record.created_ms = row.integer(5);
    record.attempts = row.integer(6);
    record.finished = row.integer(7);
    record.passed = row.integer(8);
    return record;
}

}  // namespace

struct ResultStore::State {
    fs::path files;
    std::mutex mutex;  // guards database
    Database database;
    std::string runner;
    fs::path scratch;
    std::optional<os::FileLock> lock;

    State(Database opened, fs::path folder) : files(std::move(folder)), database(std::move(opened)) {}

    ~State() {
        if (lock) static_cast<void>(os::remove_tree(scratch));  // else the next runner does
        if (lock) static_cast<void>(os::remove_tree(lock_file(runner)));
    }

    [[nodiscard]] fs::path lock_file(const std::string& name) const {
        return files / "runners" / (name + ".lock");
    }

    [[nodiscard]] fs::path scratch_of(const std::string& name) const { return files / "scratch" / name; }

    // Only a runner that has died leaves its lock free.
    Result<std::int64_t> take_back(const std::string& name) {
        const auto dead = os::FileLock::try_acquire(lock_file(name));
        if (!dead && dead.error().code() == Code::kConflict) return 0;
        if (!dead) return dead.error();
        const auto count = TRY(database.execute(
            "UPDATE attempts SET state = 'waiting', runner = NULL WHERE runner = ? AND state = 'claimed'",
            {name}));
        TRY(os::remove_tree(scratch_of(name)));
        TRY(os::remove_tree(lock_file(name)));
        return count;
    }
};

ResultStore::ResultStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

ResultStore::ResultStore(ResultStore&&) noexcept = default;
ResultStore& ResultStore::operator=(ResultStore&&) noexcept = default;
ResultStore::~ResultStore() = default;

Result<ResultStore> ResultStore::open(const fs::path& file) {
    const fs::path full = fs::absolute(file).lexically_normal();
    return ResultStore(
        std::make_unique<State>(TRY(Database::open(full, kMigrations)), full.string() + ".files"));
}

Result<ResultStore> ResultStore::open_to_read(const fs::path& file) {
    const fs::path full = fs::absolute(file).lexically_normal();
    return ResultStore(std::make_unique<State>(TRY(Database::open(full, kMigrations, {.read_only = true})),
                                               full.string() + ".files"));
}

Result<std::int64_t> ResultStore::begin_run(const RunPlan& plan, const std::vector<Cell>& cells, bool again) {
    const std::scoped_lock lock(state_->mutex);
    auto& database = state_->database;
    std::int64_t id = 0;
    TRY(database.transaction([&]() -> Status {
        const auto known = TRY(database.query("SELECT max(id) FROM runs WHERE key = ?", {plan.key}));
        if (!again && !known.front().is_null(0)) {
            id = known.front().integer(0);
            return {};
        }
        TRY(database.execute(
            "INSERT INTO runs (key, suite, protocol, settings, created_ms) VALUES (?, ?, ?, ?, ?)",
            {plan.key, plan.suite, std::string(protocol_name(plan.protocol)), plan.settings, unix_ms_now()}));
        id = TRY(database.query("SELECT last_insert_rowid()")).front().integer(0);
        for (const auto& cell : cells) {
            TRY(database.execute(
                "INSERT INTO attempts (run, task, model, agent, seed) VALUES (?, ?, ?, ?, ?)",
                {id, cell.task, cell.model, cell.agent, cell.seed}));
        }
        return {};
    }));
    return id;
}

Status ResultStore::become_runner() {
    state_->runner = uuid_v7(unix_ms_now());
    state_->scratch = state_->scratch_of(state_->runner);
    state_->lock.emplace(TRY(os::FileLock::try_acquire(state_->lock_file(state_->runner))));
    TRY(os::make_directories(state_->scratch));
    TRY(recover());
    return {};
}

Result<std::int64_t> ResultStore::recover() {
    const std::scoped_lock lock(state_->mutex);
    std::int64_t count = 0;
    std::vector<std::string> names;
    // Every runner that did not end by itself has a lock file; those without a claim have left a folder all the same.
    std::error_code error;
    for (fs::directory_iterator at(state_->files / "runners", error), end; !error && at != end;
         at.increment(error))
        names.push_back(at->path().stem().string());
    for (const auto& name : names) {
        if (name != state_->runner) count += TRY(state_->take_back(name));
    }
    const auto claimed = TRY(state_->database.query(
        "SELECT DISTINCT runner FROM attempts WHERE state = 'claimed' AND runner <> ?", {state_->runner}));
    for (const auto& row : claimed)
        count += TRY(state_->take_back(row.text(0)));
    return count;
}

Result<std::optional<AttemptRecord>> ResultStore::claim(std::int64_t run, const std::string& model) {
    HEARTH_ASSERT(state_->lock.has_value());
    const std::scoped_lock lock(state_->mutex);
    static const std::string sql = fmt::format(
        "UPDATE attempts SET state = 'claimed', runner = ?, claims = claims + 1, started_ms = ? WHERE id = "
        "(SELECT id FROM "
        "attempts WHERE run = ? AND state = 'waiting' AND model = ? ORDER BY id LIMIT 1) RETURNING {}",
        kColumns);
    const auto rows = TRY(state_->database.query(sql, {state_->runner, unix_ms_now(), run, model}));
    if (rows.empty()) return std::optional<AttemptRecord>();
    return std::optional(attempt_from(rows.front()));
}

Status ResultStore::finish(std::int64_t attempt, const AttemptOutcome& outcome) {
    const std::scoped_lock lock(state_->mutex);
    const auto number = [](const auto& value) { return Value(std::int64_t{value}); };
    const auto& tokens = outcome.tokens;
    const auto count = TRY(state_->database.execute(
        "UPDATE attempts SET state = 'finished', ended_ms = ?, passed = ?, passed_at = ?, failure = ?, "
        "tests_touched = ?, "
        "tries = ?, seconds = ?, prompt_tokens = ?, cached_tokens = ?, generated_tokens = ?, joules = ?, "
        "engine = ?, "
        "folder = ? WHERE id = ? AND state = 'claimed' AND runner = ?",
        {unix_ms_now(), number(outcome.passed ? 1 : 0), outcome.passed_at,
         std::string(failure_name(outcome.failure)), number(outcome.tests_touched ? 1 : 0),
         tries_json(outcome.tries), outcome.seconds, tokens ? Value(tokens->prompt.value) : Value(),
         tokens ? Value(tokens->cached.value) : Value(), tokens ? Value(tokens->generated.value) : Value(),
         outcome.joules ? Value(*outcome.joules) : Value(), outcome.engine, outcome.folder, attempt,
         state_->runner}));
    if (count != 1)
        return Error(Code::kConflict,
                     fmt::format("attempt {} is no longer this runner's; its result is dropped", attempt));
    return {};
}

Status ResultStore::release(std::int64_t attempt) {
    const std::scoped_lock lock(state_->mutex);
    TRY(state_->database.execute(
        "UPDATE attempts SET state = 'waiting', runner = NULL WHERE id = ? AND state = 'claimed' AND "
        "runner = ?",
        {attempt, state_->runner}));
    return {};
}

Result<std::vector<RunRecord>> ResultStore::runs() {
    const std::scoped_lock lock(state_->mutex);
    const auto rows =
        TRY(state_->database.query(std::string(kRunQuery) + "GROUP BY runs.id ORDER BY runs.id"));
    std::vector<RunRecord> records;
    for (const auto& row : rows)
        records.push_back(run_from(row));
    return records;
}

Result<RunRecord> ResultStore::run(std::int64_t id) {
    const std::scoped_lock lock(state_->mutex);
    const auto rows =
        TRY(state_->database.query(std::string(kRunQuery) + "WHERE runs.id = ? GROUP BY runs.id", {id}));
    if (rows.empty())
        return Error(Code::kNotFound, fmt::format("there is no run {}: see `hearth eval list`", id));
    return run_from(rows.front());
}

Result<std::vector<AttemptRecord>> ResultStore::attempts(std::int64_t run) {
    const std::scoped_lock lock(state_->mutex);
    const auto rows = TRY(state_->database.query(
        fmt::format("SELECT {} FROM attempts WHERE run = ? ORDER BY id", kColumns), {run}));
    std::vector<AttemptRecord> records;
    for (const auto& row : rows)
        records.push_back(attempt_from(row));
    return records;
}

Result<AttemptRecord> ResultStore::attempt(std::int64_t id) {
    const std::scoped_lock lock(state_->mutex);
    const auto rows =
        TRY(state_->database.query(fmt::format("SELECT {} FROM attempts WHERE id = ?", kColumns), {id}));
    if (rows.empty()) return Error(Code::kNotFound, fmt::format("there is no attempt {}", id));
    return attempt_from(rows.front());
}

fs::path ResultStore::folder_of(std::int64_t run, std::int64_t attempt) const {
    return state_->files / fmt::format("run-{}", run) / fmt::format("attempt-{}", attempt);
}

const fs::path& ResultStore::scratch() const { return state_->scratch; }

}  // namespace hearth::eval
