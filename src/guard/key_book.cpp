#include "guard/key_book.h"

#include <array>
#include <fmt/format.h>
#include <mutex>

#include "core/ids.h"
#include "core/text.h"
#include "os/files.h"
#include "store/sqlite.h"

namespace hearth::guard {
namespace fs = std::filesystem;

namespace {

using store::Database;
using store::Row;
using store::Value;

constexpr std::size_t kMostSecret = 512;  // bytes that are worth hashing
constexpr std::int64_t kUsedStep = 60'000;

// A secret has 256 random bits, so that nobody can try them all, and a plain hash is as good as a slow one.
// Patterns and routes are lists with a space between.
constexpr std::array<std::string_view, 1> kMigrations = {R"(
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    models TEXT NOT NULL,
    routes TEXT NOT NULL,
    tokens_per_day INTEGER,
    compute_seconds_per_day INTEGER,
    parallel INTEGER,
    weight INTEGER NOT NULL,
    expires_ms INTEGER,
    created_ms INTEGER NOT NULL,
    used_ms INTEGER,
    revoked_ms INTEGER
);
CREATE UNIQUE INDEX keys_by_name ON keys(name) WHERE revoked_ms IS NULL;
CREATE TABLE secrets (
    hash TEXT PRIMARY KEY,
    key TEXT NOT NULL REFERENCES keys(id),
    ends_ms INTEGER
);
CREATE INDEX secrets_by_key ON secrets(key);
)"};

constexpr std::string_view kColumns =
    "keys.id, name, models, routes, tokens_per_day, compute_seconds_per_day, parallel, weight, expires_ms, "
    "created_ms, used_ms, revoked_ms";

Value value_of(std::optional<std::int64_t> number) { return number ? Value(*number) : Value(); }

std::string routes_text(const std::vector<Route>& routes) {
    std::vector<std::string> names;
    for (const Route route : routes)
        names.emplace_back(route_name(route));
    return join(names, " ");
}

Key key_from(const Row& row) {
    Key key;
    key.id = row.text(0);
    key.terms.name = row.text(1);
    const std::string models = row.text(2);
    const std::string routes = row.text(3);
    key.terms.models.clear();
    for (const auto pattern : split(models, ' '))
        key.terms.models.emplace_back(pattern);
    key.terms.routes.clear();
    for (const auto name : split(routes, ' '))
        if (const auto route = route_from_name(name)) key.terms.routes.push_back(*route);
    if (const auto tokens = row.maybe_integer(4)) key.terms.tokens_per_day = Tokens{*tokens};
    key.terms.compute_seconds_per_day = row.maybe_integer(5);
    key.terms.parallel = row.maybe_integer(6);
    key.terms.weight = row.integer(7);
    key.terms.expires_ms = row.maybe_integer(8);
    key.created_ms = row.integer(9);
    key.used_ms = row.maybe_integer(10);
    key.revoked_ms = row.maybe_integer(11);
    return key;
}

std::string new_secret() { return std::string(kSecretPrefix) + random_hex(64); }

Error refused() {
    return {Code::kPermission,
            "this key is not accepted: it is unknown, was revoked or has expired. Whoever runs this machine "
            "makes one with `hearth key create NAME`"};
}

Error revoked_already(const Key& key) {
    return {Code::kConflict, fmt::format("the key '{}' ({}) was revoked on {}", printable(key.terms.name),
                                         key.id, iso_time(*key.revoked_ms).substr(0, 10))};
}

}  // namespace

struct KeyBook::State {
    std::mutex mutex;  // guards database
    Database database;

    explicit State(Database opened) : database(std::move(opened)) {}

    // By id, or by name among those that are not revoked.
    Result<Key> find(std::string_view wanted) {
        const std::string text(wanted);
        const auto rows = TRY(database.query(
            fmt::format("SELECT {} FROM keys WHERE id = ? OR (name = ? AND revoked_ms IS NULL)", kColumns),
            {text, text}));
        if (rows.empty())
            return Error(Code::kNotFound, fmt::format("there is no key '{}'; `hearth key list` shows those "
                                                      "that there are",
                                                      printable(wanted)));
        return key_from(rows.front());
    }

    Status add_secret(const std::string& id, const std::string& secret) {
        TRY(database.execute("INSERT INTO secrets (hash, key) VALUES (?, ?)", {os::sha256(secret), id}));
        return {};
    }
};

KeyBook::KeyBook(std::unique_ptr<State> state) : state_(std::move(state)) {}

KeyBook::KeyBook(KeyBook&&) noexcept = default;
KeyBook& KeyBook::operator=(KeyBook&&) noexcept = default;
KeyBook::~KeyBook() = default;

Result<KeyBook> KeyBook::open(const fs::path& file) {
    return KeyBook(std::make_unique<State>(TRY(Database::open(file, kMigrations))));
}

Result<NewKey> KeyBook::create(const KeyTerms& terms, std::int64_t now_ms) {
    TRY(check_terms(terms));
    NewKey made{.key = {.id = "key_" + random_hex(12), .terms = terms, .created_ms = now_ms},
                .secret = new_secret()};
    const std::scoped_lock lock(state_->mutex);
    auto& database = state_->database;
    TRY(database.transaction([&]() -> Status {
        const auto same =
            TRY(database.query("SELECT id FROM keys WHERE name = ? AND revoked_ms IS NULL", {terms.name}));
        if (!same.empty())
            return Error(
                Code::kConflict,
                fmt::format("there is a key '{}' already: take another name, or give it a new secret "
                            "with `hearth key rotate`",
                            terms.name));
        const auto tokens = terms.tokens_per_day ? Value(terms.tokens_per_day->value) : Value();
        TRY(database.execute(
            "INSERT INTO keys (id, name, models, routes, tokens_per_day, compute_seconds_per_day, parallel, "
            "weight, expires_ms, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            {made.key.id, terms.name, join(terms.models, " "), routes_text(terms.routes), tokens,
             value_of(terms.compute_seconds_per_day), value_of(terms.parallel), terms.weight,
             value_of(terms.expires_ms), now_ms}));
        return state_->add_secret(made.key.id, made.secret);
    }));
    return made;
}

Result<Key> KeyBook::check(std::string_view secret, std::int64_t now_ms) {
    if (secret.size() > kMostSecret) return refused();
    static const std::string sql = fmt::format(
        "SELECT {}, ends_ms FROM secrets JOIN keys ON secrets.key = keys.id WHERE hash = ?", kColumns);
    const std::string hash = os::sha256(secret);
    const std::scoped_lock lock(state_->mutex);
    const auto rows = TRY(state_->database.query(sql, {hash}));
    if (rows.empty()) return refused();
    const auto ends = rows.front().maybe_integer(12);
    Key key = key_from(rows.front());
    if (state_of(key, now_ms) != KeyState::kActive || (ends && *ends <= now_ms)) return refused();
    return key;
}

Result<std::vector<Key>> KeyBook::list() {
    const std::scoped_lock lock(state_->mutex);
    const auto rows =
        TRY(state_->database.query(fmt::format("SELECT {} FROM keys ORDER BY created_ms, rowid", kColumns)));
    std::vector<Key> keys;
    for (const auto& row : rows)
        keys.push_back(key_from(row));
    return keys;
}

Result<Key> KeyBook::revoke(std::string_view key, std::int64_t now_ms) {
    const std::scoped_lock lock(state_->mutex);
    auto& database = state_->database;
    Key found;
    TRY(database.transaction([&]() -> Status {
        found = TRY(state_->find(key));
        if (found.revoked_ms) return revoked_already(found);
        found.revoked_ms = now_ms;
        TRY(database.execute("UPDATE keys SET revoked_ms = ? WHERE id = ?", {now_ms, found.id}));
        TRY(database.execute("DELETE FROM secrets WHERE key = ?", {found.id}));
        return {};
    }));
    return found;
}

Result<NewKey> KeyBook::rotate(std::string_view key, std::chrono::seconds grace, std::int64_t now_ms) {
    if (grace.count() < 0) return Error(Code::kInvalidInput, "a grace period cannot be negative");
    const std::scoped_lock lock(state_->mutex);
    auto& database = state_->database;
    NewKey made{.key = {}, .secret = new_secret()};
    const std::int64_t ends_ms = now_ms + std::chrono::milliseconds(grace).count();
    TRY(database.transaction([&]() -> Status {
        made.key = TRY(state_->find(key));
        if (made.key.revoked_ms) return revoked_already(made.key);
        if (state_of(made.key, now_ms) == KeyState::kExpired)
            return Error(Code::kConflict,
                         fmt::format("the key '{}' has expired: revoke it and create a new one",
                                     printable(made.key.terms.name)));
        TRY(database.execute("UPDATE secrets SET ends_ms = min(coalesce(ends_ms, ?), ?) WHERE key = ?",
                             {ends_ms, ends_ms, made.key.id}));
        TRY(database.execute("DELETE FROM secrets WHERE key = ? AND ends_ms <= ?", {made.key.id, now_ms}));
        return state_->add_secret(made.key.id, made.secret);
    }));
    return made;
}

Status KeyBook::used(std::string_view id, std::int64_t now_ms) {
    const std::string key(id);
    const std::scoped_lock lock(state_->mutex);
    // Looked at first: an UPDATE would wait for the right to write even when there is nothing to do.
    const auto rows = TRY(state_->database.query(
        "SELECT 1 FROM keys WHERE id = ? AND (used_ms IS NULL OR used_ms < ?)", {key, now_ms - kUsedStep}));
    if (rows.empty()) return {};
    TRY(state_->database.execute("UPDATE keys SET used_ms = ? WHERE id = ?", {now_ms, key}));
    return {};
}

}  // namespace hearth::guard
