#include "serve/response_store.h"

#include <array>
#include <fmt/format.h>
#include <mutex>

#include "core/text.h"
#include "store/sqlite.h"

namespace hearth::serve {
namespace {

using store::Database;
using store::Row;

// The index holds all that the limits need, so that making room reads no response.
constexpr std::array<std::string_view, 1> kMigrations = {R"(
CREATE TABLE responses (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    previous TEXT NOT NULL,
    used_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    input TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX responses_by_use ON responses(key, used_ms, size);
)"};

// Longer conversations do not fit into a window.
constexpr int kMostTurns = 1'000;

constexpr std::string_view kChain =
    "WITH RECURSIVE chain(number, previous, depth) AS ("
    "SELECT number, previous, 0 FROM responses WHERE key = ?1 AND id = ?2 "
    "UNION ALL SELECT r.number, r.previous, depth + 1 FROM responses r, chain "
    "WHERE r.key = ?1 AND r.id = chain.previous AND depth < ?3) ";

Error not_kept(std::string_view id) {
    return {
        Code::kNotFound,
        fmt::format("no response '{}' is kept: it was made with store false or another key, was deleted, or "
                    "was not used for a long time",
                    printable(to_valid_utf8(id.substr(0, 100))))};
}

KeptResponse from_row(const Row& row) {
    return {.id = row.text(0),
            .key = row.text(1),
            .previous = row.text(2),
            .input = row.text(3),
            .body = row.text(4)};
}

}  // namespace

struct ResponseStore::State {
    State(Database opened, const Limits& given) : database(std::move(opened)), limits(given) {}

    // Those of a key that are too old, too many, or too large together.
    Status make_room(const std::string& key, std::int64_t now_ms) {
        const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(limits.age).count();
        TRY(database.execute("DELETE FROM responses WHERE key = ? AND used_ms < ?", {key, now_ms - age}));
        TRY(database.execute(
            "DELETE FROM responses WHERE number IN (SELECT number FROM (SELECT number, "
            "row_number() OVER latest AS place, sum(size) OVER latest AS total FROM responses WHERE key = ? "
            "WINDOW latest AS (ORDER BY used_ms DESC, number DESC ROWS UNBOUNDED PRECEDING)) "
            "WHERE place > ? OR total > ?)",
            {key, limits.responses, limits.size.value}));
        return {};
    }

    std::mutex mutex;  // guards database
    Database database;
    Limits limits;
};

ResponseStore::ResponseStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

ResponseStore::ResponseStore(ResponseStore&&) noexcept = default;
ResponseStore& ResponseStore::operator=(ResponseStore&&) noexcept = default;
ResponseStore::~ResponseStore() = default;

Result<ResponseStore> ResponseStore::open(const std::filesystem::path& file, const Limits& limits) {
    return ResponseStore(std::make_unique<State>(TRY(Database::open(file, kMigrations)), limits));
}

Status ResponseStore::keep(const KeptResponse& response, std::int64_t now_ms) {
    const std::scoped_lock lock(state_->mutex);
    return state_->database.transaction([&]() -> Status {
        const auto size = static_cast<std::int64_t>(response.input.size() + response.body.size());
        TRY(state_->database.execute(
            "INSERT INTO responses (id, key, previous, used_ms, size, input, body) VALUES (?, ?, ?, ?, ?, ?, "
            "?)",
            {response.id, response.key, response.previous, now_ms, size, response.input, response.body}));
        return state_->make_room(response.key, now_ms);
    });
}

Result<KeptResponse> ResponseStore::find(std::string_view key, std::string_view id) {
    const std::scoped_lock lock(state_->mutex);
    const auto rows = TRY(state_->database.query(
        "SELECT id, key, previous, input, body FROM responses WHERE key = ? AND id = ?",
        {std::string(key), to_valid_utf8(id)}));
    if (rows.empty()) return not_kept(id);
    return from_row(rows.front());
}

Result<std::vector<KeptResponse>> ResponseStore::conversation(std::string_view key, std::string_view id,
                                                              std::int64_t now_ms) {
    const std::scoped_lock lock(state_->mutex);
    const std::vector<store::Value> wanted = {std::string(key), to_valid_utf8(id), std::int64_t{kMostTurns}};
    const auto rows = TRY(state_->database.query(
        std::string(kChain) +
            "SELECT id, key, r.previous, input, body FROM responses r JOIN chain USING (number) "
            "ORDER BY depth DESC",
        wanted));
    if (rows.empty()) return not_kept(id);
    std::vector<KeptResponse> turns;
    for (const Row& row : rows)
        turns.push_back(from_row(row));
    if (!turns.front().previous.empty()) return not_kept(turns.front().previous);
    std::vector<store::Value> used = wanted;
    used.emplace_back(now_ms);
    TRY(state_->database.execute(
        std::string(kChain) + "UPDATE responses SET used_ms = ?4 WHERE number IN (SELECT number FROM chain)",
        used));
    return turns;
}

Status ResponseStore::remove(std::string_view key, std::string_view id) {
    const std::scoped_lock lock(state_->mutex);
    const auto removed = TRY(state_->database.execute("DELETE FROM responses WHERE key = ? AND id = ?",
                                                      {std::string(key), to_valid_utf8(id)}));
    if (removed == 0) return not_kept(id);
    return {};
}

}  // namespace hearth::serve
