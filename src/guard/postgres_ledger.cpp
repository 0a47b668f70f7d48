#include <array>
#include <fmt/format.h>
#include <mutex>

#include "core/ids.h"
#include "guard/detail/ledger_rows.h"
#include "guard/ledger.h"
#include "store/postgres.h"

namespace hearth::guard {
namespace {

using store::Postgres;

// `id` is drawn by who writes the row, so that a row that is sent twice, because the connection was lost before the answer, is there once.
// The sums of each key and day are as in the SQLite ledger.
constexpr std::array<std::string_view, 1> kMigrations = {R"(
CREATE TABLE hearth_requests (
    id uuid PRIMARY KEY,
    time_ms bigint NOT NULL,
    key text NOT NULL,
    client text NOT NULL,
    session text NOT NULL,
    dialect text NOT NULL,
    route text NOT NULL,
    model text NOT NULL,
    prompt_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    generated_tokens bigint NOT NULL,
    draft_accepted_tokens bigint NOT NULL,
    queue_seconds double precision NOT NULL,
    load_seconds double precision NOT NULL,
    first_token_seconds double precision NOT NULL,
    total_seconds double precision NOT NULL,
    compute_seconds double precision NOT NULL,
    end_reason text NOT NULL,
    status bigint NOT NULL
);
CREATE INDEX hearth_requests_by_key ON hearth_requests (key, time_ms);
CREATE INDEX hearth_requests_by_time ON hearth_requests (time_ms);
CREATE TABLE hearth_usage_days (
    key text NOT NULL,
    day_ms bigint NOT NULL,
    requests bigint NOT NULL,
    tokens bigint NOT NULL,
    compute_seconds double precision NOT NULL,
    PRIMARY KEY (key, day_ms)
);
)"};

std::string_view column_of(UsageBy by) {
    switch (by) {
        case UsageBy::kKey: return "key";
        case UsageBy::kModel: return "model";
        case UsageBy::kDay: return "to_char(to_timestamp(time_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')";
    }
    return "key";
}

// Row and sum in one statement, and so both or neither.
std::string insert_sql() {
    std::string numbers;
    for (int i = 2; i <= 19; ++i)
        numbers += fmt::format(", ${}", i);
    return fmt::format(
        "WITH added AS (INSERT INTO hearth_requests (id, {}) VALUES ($1{}) ON CONFLICT (id) DO NOTHING "
        "RETURNING key, time_ms - time_ms % 86400000 AS day_ms, "
        "greatest(prompt_tokens - cached_tokens, 0) + generated_tokens AS tokens, compute_seconds) "
        "INSERT INTO hearth_usage_days AS days SELECT key, day_ms, 1, tokens, compute_seconds FROM added "
        "ON CONFLICT (key, day_ms) DO UPDATE SET requests = days.requests + 1, "
        "tokens = days.tokens + excluded.tokens, "
        "compute_seconds = days.compute_seconds + excluded.compute_seconds",
        detail::kRowColumns, numbers);
}

class PostgresLedger final : public Ledger {
public:
    explicit PostgresLedger(Postgres opened) : database_(std::move(opened)) {}

    Status ready() override {
        const std::scoped_lock lock(mutex_);
        return explained(database_.ready());
    }

    Status record(const LedgerRow& row) override {
        static const std::string sql = insert_sql();
        std::vector<store::Value> values = {uuid_v7(row.time_ms)};
        for (store::Value& value : detail::row_values(row))
            values.push_back(std::move(value));
        const std::scoped_lock lock(mutex_);
        const auto done = database_.execute(sql, values);
        return done ? Status() : explained(Error(done.error()));
    }

    Result<Used> used_since(std::string_view key, std::int64_t since_ms) override {
        const detail::SumRange range = detail::sum_range(since_ms);
        const std::scoped_lock lock(mutex_);
        const auto rows = database_.query(
            "SELECT sum(n)::bigint, sum(t)::bigint, sum(c) FROM ("
            "SELECT requests AS n, tokens AS t, compute_seconds AS c FROM hearth_usage_days "
            "WHERE key = $1 AND day_ms >= $2 "
            "UNION ALL SELECT 1, greatest(prompt_tokens - cached_tokens, 0) + generated_tokens, "
            "compute_seconds "
            "FROM hearth_requests WHERE key = $1 AND time_ms >= $3 AND time_ms < $2) AS parts",
            {std::string(key), range.days_from, range.rows_from});
        if (!rows) return explained(Error(rows.error())).error();
        return detail::used_from(rows->front());
    }

    // Names in the order of their bytes, whatever the database's language.
    Result<std::vector<UsageLine>> usage(UsageBy by, std::int64_t since_ms, std::int64_t until_ms) override {
        const std::string sql = fmt::format(
            "SELECT {0} COLLATE \"C\" AS name, model COLLATE \"C\" AS model_name, count(*), "
            "count(*) FILTER (WHERE status >= 400), sum(prompt_tokens)::bigint, sum(cached_tokens)::bigint, "
            "sum(generated_tokens)::bigint, sum(draft_accepted_tokens)::bigint, sum(compute_seconds) "
            "FROM hearth_requests WHERE time_ms >= $1 AND time_ms < $2 GROUP BY 1, 2 ORDER BY 1, 2",
            column_of(by));
        const std::scoped_lock lock(mutex_);
        const auto rows = TRY(database_.query(sql, {since_ms, until_ms}));
        return detail::usage_from(by, rows);
    }

    // Several hearths may prune one ledger at once: rows that another one is removing are passed over.
    Result<std::int64_t> prune(std::int64_t before_ms, std::int64_t most) override {
        const std::int64_t day = day_start(before_ms);
        const std::scoped_lock lock(mutex_);
        const std::int64_t removed =
            TRY(database_.execute("DELETE FROM hearth_requests WHERE id IN (SELECT id FROM hearth_requests "
                                  "WHERE time_ms < $1 ORDER BY time_ms LIMIT $2 FOR UPDATE SKIP LOCKED)",
                                  {day, most}));
        if (removed < most) TRY(database_.execute("DELETE FROM hearth_usage_days WHERE day_ms < $1", {day}));
        return removed;
    }

private:
    // Who asked for an answer did not ask for a database.
    static Status explained(Status status) {
        if (status || status.error().code() != Code::kUnavailable) return status;
        return Error(Code::kUnavailable,
                     "requests are not served while what they use cannot be written down; try again later (" +
                         status.error().message() + ")");
    }

    std::mutex mutex_;  // guards database_
    Postgres database_;
};

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::connect(const std::string& url) {
    Postgres database = TRY(Postgres::open(url, "hearth", kMigrations).context("opening the ledger"));
    return std::unique_ptr<Ledger>(std::make_unique<PostgresLedger>(std::move(database)));
}

}  // namespace hearth::guard
