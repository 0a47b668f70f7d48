#include "guard/ledger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <mutex>
#include <tuple>

#include "core/text.h"
#include "store/sqlite.h"

namespace hearth::guard {
namespace fs = std::filesystem;

namespace {

using store::Database;
using store::Row;
using store::Value;

constexpr std::size_t kMostText = 200;

// The index holds all that a quota needs, so that used_since() reads nothing else.
constexpr std::array<std::string_view, 1> kMigrations = {R"(
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
)"};

Value text_value(std::string_view text) {
    const auto valid = to_valid_utf8(text.substr(0, kMostText + 4));
    return std::string(utf8_front(valid, kMostText));
}

Value count_value(Tokens tokens) { return std::max<std::int64_t>(tokens.value, 0); }

Value seconds_value(double seconds) { return std::isfinite(seconds) && seconds > 0 ? seconds : 0.0; }

std::string_view column_of(UsageBy by) {
    switch (by) {
        case UsageBy::kKey: return "key";
        case UsageBy::kModel: return "model";
        case UsageBy::kDay: return "strftime('%Y-%m-%d', time_ms / 1000, 'unixepoch')";
    }
    return "key";
}

Usage usage_from(const Row& row) {
    return {.requests = row.integer(2),
            .errors = row.integer(3),
            .prompt = {row.integer(4)},
            .cached = {row.integer(5)},
            .generated = {row.integer(6)},
            .draft_accepted = {row.integer(7)},
            .compute_seconds = row.real(8)};
}

}  // namespace

std::string_view end_reason_name(EndReason reason) {
    switch (reason) {
        case EndReason::kStop: return "stop";
        case EndReason::kLength: return "length";
        case EndReason::kToolCalls: return "tool_calls";
        case EndReason::kCancelled: return "cancelled";
        case EndReason::kRefused: return "refused";
        case EndReason::kFailed: return "failed";
    }
    return "unknown";
}

Usage& Usage::operator+=(const Usage& other) {
    requests += other.requests;
    errors += other.errors;
    prompt += other.prompt;
    cached += other.cached;
    generated += other.generated;
    draft_accepted += other.draft_accepted;
    compute_seconds += other.compute_seconds;
    return *this;
}

struct Ledger::State {
    std::mutex mutex;  // guards database
    Database database;

    explicit State(Database opened) : database(std::move(opened)) {}
};

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}

Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Result<Ledger> Ledger::open(const fs::path& file) {
    return Ledger(std::make_unique<State>(TRY(Database::open(file, kMigrations))));
}

Status Ledger::record(const LedgerRow& row) {
    const std::scoped_lock lock(state_->mutex);
    TRY(state_->database.execute(
        "INSERT INTO requests (time_ms, key, client, session, dialect, route, model, prompt_tokens, "
        "cached_tokens, generated_tokens, draft_accepted_tokens, queue_seconds, load_seconds, "
        "first_token_seconds, total_seconds, compute_seconds, end_reason, status) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {row.time_ms, text_value(row.key), text_value(row.client), text_value(row.session),
         text_value(row.dialect), std::string(route_name(row.route)), text_value(row.model),
         count_value(row.prompt), count_value(row.cached), count_value(row.generated),
         count_value(row.draft_accepted), seconds_value(row.queue_seconds), seconds_value(row.load_seconds),
         seconds_value(row.first_token_seconds), seconds_value(row.total_seconds),
         seconds_value(row.compute_seconds), std::string(end_reason_name(row.end)),
         std::int64_t{row.status}}));
    return {};
}

Result<Used> Ledger::used_since(std::string_view key, std::int64_t since_ms) {
    const std::scoped_lock lock(state_->mutex);
    const auto rows =
        TRY(state_->database.query("SELECT count(*), sum(max(prompt_tokens - cached_tokens, 0) + "
                                   "generated_tokens), total(compute_seconds) "
                                   "FROM requests WHERE key = ? AND time_ms >= ?",
                                   {std::string(key), since_ms}));
    const Row& row = rows.front();
    return Used{.requests = row.integer(0), .tokens = {row.integer(1)}, .compute_seconds = row.real(2)};
}

Result<std::vector<UsageLine>> Ledger::usage(UsageBy by, std::int64_t since_ms, std::int64_t until_ms) {
    const std::string sql = fmt::format(
        "SELECT {} AS name, model, count(*), total(status >= 400), sum(prompt_tokens), sum(cached_tokens), "
        "sum(generated_tokens), sum(draft_accepted_tokens), total(compute_seconds) "
        "FROM requests WHERE time_ms >= ? AND time_ms < ? GROUP BY 1, 2 ORDER BY 1, 2",
        column_of(by));
    const std::scoped_lock lock(state_->mutex);
    const auto rows = TRY(state_->database.query(sql, {since_ms, until_ms}));
    std::vector<UsageLine> lines;
    for (const auto& row : rows) {
        if (lines.empty() || lines.back().name != row.text(0)) lines.push_back({.name = row.text(0)});
        const Usage usage = usage_from(row);
        lines.back().total += usage;
        lines.back().models.emplace_back(row.text(1), usage);
    }
    if (by != UsageBy::kDay)
        std::ranges::sort(lines, [](const UsageLine& a, const UsageLine& b) {
            return std::tie(b.total.compute_seconds, a.name) < std::tie(a.total.compute_seconds, b.name);
        });
    return lines;
}

}  // namespace hearth::guard
