#include <array>
#include <fmt/format.h>
#include <mutex>

#include "guard/detail/ledger_rows.h"
#include "guard/ledger.h"
#include "store/sqlite.h"

namespace hearth::guard {
namespace {

namespace fs = std::filesystem;
using store::Database;

// The second keeps the sums of each key and day beside the rows, so that a quota costs the same whatever was served: a trigger adds each
// row that is inserted, in the same transaction.
constexpr std::array<std::string_view, 2> kMigrations = {R"(
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    key TEXT NOT NULL,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    dialect TEXT NOT NULL,
    route TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    generated_tokens INTEGER NOT NULL,
    draft_accepted_tokens INTEGER NOT NULL,
    queue_seconds REAL NOT NULL,
    load_seconds REAL NOT NULL,
    first_token_seconds REAL NOT NULL,
    total_seconds REAL NOT NULL,
    compute_seconds REAL NOT NULL,
    end_reason TEXT NOT NULL,
    status INTEGER NOT NULL
);
CREATE INDEX requests_by_key ON requests(key, time_ms, prompt_tokens, cached_tokens, generated_tokens, compute_seconds);
CREATE INDEX requests_by_time ON requests(time_ms);
)",
                                                         R"(
CREATE TABLE usage_days (
    key TEXT NOT NULL,
    day_ms INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    compute_seconds REAL NOT NULL,
    PRIMARY KEY (key, day_ms)
) WITHOUT ROWID;
INSERT INTO usage_days
    SELECT key, time_ms - time_ms % 86400000, count(*),
        sum(max(prompt_tokens - cached_tokens, 0) + generated_tokens), total(compute_seconds)
    FROM requests GROUP BY 1, 2;
CREATE TRIGGER requests_add_up AFTER INSERT ON requests BEGIN
    INSERT INTO usage_days VALUES (new.key, new.time_ms - new.time_ms % 86400000, 1,
        max(new.prompt_tokens - new.cached_tokens, 0) + new.generated_tokens, new.compute_seconds)
    ON CONFLICT (key, day_ms) DO UPDATE SET
        requests = requests + 1,
        tokens = tokens + excluded.tokens,
        compute_seconds = compute_seconds + excluded.compute_seconds;
END;
DROP INDEX requests_by_key;
CREATE INDEX requests_by_key ON requests(key, time_ms);
)"};

std::string_view column_of(UsageBy by) {
    switch (by) {
        case UsageBy::kKey: return "key";
        case UsageBy::kModel: return "model";
        case UsageBy::kDay: return "strftime('%Y-%m-%d', time_ms / 1000, 'unixepoch')";
    }
    return "key";
}

class SqliteLedger final : public Ledger {
public:
    explicit SqliteLedger(Database opened) : database_(std::move(opened)) {}

    // A full disk shows when a row is written.
    Status ready() override { return {}; }

    Status record(const LedgerRow& row) override {
        static const std::string sql = fmt::format(
            "INSERT INTO requests ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            detail::kRowColumns);
        const std::scoped_lock lock(mutex_);
        TRY(database_.execute(sql, detail::row_values(row)));
        return {};
    }

    Result<Used> used_since(std::string_view key, std::int64_t since_ms) override {
        const detail::SumRange range = detail::sum_range(since_ms);
        const std::string name(key);
        const std::scoped_lock lock(mutex_);
        const auto rows = TRY(database_.query(
            "SELECT total(n), total(t), total(c) FROM ("
            "SELECT requests AS n, tokens AS t, compute_seconds AS c FROM usage_days WHERE key = ? AND "
            "day_ms >= ? "
            "UNION ALL SELECT 1, max(prompt_tokens - cached_tokens, 0) + generated_tokens, compute_seconds "
            "FROM requests WHERE key = ? AND time_ms >= ? AND time_ms < ?)",
            {name, range.days_from, name, range.rows_from, range.days_from}));
        return detail::used_from(rows.front());
    }

    Result<std::vector<UsageLine>> usage(UsageBy by, std::int64_t since_ms, std::int64_t until_ms) override {
        const std::string sql = fmt::format(
            "SELECT {} AS name, model, count(*), total(status >= 400), sum(prompt_tokens), "
            "sum(cached_tokens), sum(generated_tokens), sum(draft_accepted_tokens), total(compute_seconds) "
            "FROM requests WHERE time_ms >= ? AND time_ms < ? GROUP BY 1, 2 ORDER BY 1, 2",
            column_of(by));
        const std::scoped_lock lock(mutex_);
        const auto rows = TRY(database_.query(sql, {since_ms, until_ms}));
        return detail::usage_from(by, rows);
    }

    Result<std::int64_t> prune(std::int64_t before_ms, std::int64_t most) override {
        const std::int64_t day = day_start(before_ms);
        std::int64_t removed = 0;
        const std::scoped_lock lock(mutex_);
        TRY(database_.transaction([&]() -> Status {
            removed = TRY(database_.execute(
                "DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE time_ms < ? LIMIT ?)",
                {day, most}));
            if (removed == most) return {};  // the sums stay with the last rows of their days
            TRY(database_.execute("DELETE FROM usage_days WHERE day_ms < ?", {day}));
            return {};
        }));
        return removed;
    }

private:
    std::mutex mutex_;  // guards database_
    Database database_;
};

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const fs::path& file) {
    Database database = TRY(Database::open(file, kMigrations));
    return std::unique_ptr<Ledger>(std::make_unique<SqliteLedger>(std::move(database)));
}

}  // namespace hearth::guard
