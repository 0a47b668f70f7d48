#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "guard/quota.h"
#include "guard/route.h"

namespace hearth::guard {

// How a request ended.
enum class EndReason : std::uint8_t {
    kStop,       // as it should
    kLength,     // at a limit of tokens
    kToolCalls,  // the model asked for tools
    kCancelled,  // the client went away
    kRefused,    // no engine saw it: no permission, over a quota, malformed
    kFailed,
};

[[nodiscard]] std::string_view end_reason_name(EndReason reason);

// One request that was served, or refused. Nothing of what was asked or answered.
struct LedgerRow {
    std::int64_t time_ms = 0;  // when it came, Unix time
    std::string key;           // id; empty when it needed none
    std::string
        client;  // what it calls itself or where it comes from; here and in `session` 200 bytes are kept
    std::string session;  // empty when the client names none
    std::string dialect;  // "openai", "ollama", "anthropic"
    Route route = Route::kChat;
    std::string model;  // canonical name; empty when it was about no model
    Tokens prompt;      // all of the prompt, with `cached`
    Tokens cached;      // of the prompt, what a cache spared
    Tokens generated;
    Tokens draft_accepted;           // of the generated, what speculation guessed right
    double queue_seconds = 0;        // waiting for its turn
    double load_seconds = 0;         // waiting for a model to load
    double first_token_seconds = 0;  // from its coming to the first token; 0 when there was none
    double total_seconds = 0;        // from its coming to its end
    double compute_seconds = 0;      // that an engine worked for it; what quotas count
    EndReason end = EndReason::kStop;
    int status = 200;  // of HTTP
};

// Sums over rows.
struct Usage {
    std::int64_t requests = 0;
    std::int64_t errors = 0;  // rows with a status of 400 or more
    Tokens prompt;
    Tokens cached;
    Tokens generated;
    Tokens draft_accepted;
    double compute_seconds = 0;

    Usage& operator+=(const Usage& other);
};

enum class UsageBy : std::uint8_t { kKey, kModel, kDay };

struct UsageLine {
    std::string
        name;  // id of a key, a model, or a day as "2026-11-25" (UTC); empty for requests without key or model
    Usage total;
    std::vector<std::pair<std::string, Usage>> models;  // the same, model by model
};

// What was served to whom. Several processes may write to one ledger at a time.
//
// A row whose record() has returned survives a kill -9 of this process and a power loss: the call waits for the disk, here or on the server.
// Errors of every call: those of store::Database or store::Postgres; kUnavailable while the server of a PostgreSQL ledger cannot be reached,
// which is tried again later.
// Threads: any; calls wait for each other and for the disk.
class Ledger {
public:
    // In a SQLite file (0600), made where it is not there.
    static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& file);

    // In a PostgreSQL database, in tables that are made where they are not there: hearth_requests and hearth_usage_days. Errors: as
    // store::Postgres::open.
    static Result<std::unique_ptr<Ledger>> connect(const std::string& url);

    // connect() for what is the URL of a database, else open(). Errors also: kInvalidInput for another URL.
    static Result<std::unique_ptr<Ledger>> at(const std::string& place);

    virtual ~Ledger() = default;

    // Whether a row could be written now, as far as is known without writing one.
    virtual Status ready() = 0;

    // Numbers below 0, or that are none, are kept as 0; bytes that are no UTF-8 are replaced.
    virtual Status record(const LedgerRow& row) = 0;

    // What a key has had from a moment on; "" for requests without one. Cost: for the beginning of a day (day_start()) linear in the days since
    // then, whatever is in the ledger; for another moment also in that key's rows of the rest of its day.
    virtual Result<Used> used_since(std::string_view key, std::int64_t since_ms) = 0;

    // Sums from `since_ms` until before `until_ms`: days in their order, keys and models by compute time, most first.
    virtual Result<std::vector<UsageLine>> usage(UsageBy by, std::int64_t since_ms,
                                                 std::int64_t until_ms) = 0;

    // Removes rows from before the beginning of that moment's day, and the sums of those days, but no more than `most` rows, so that nobody waits
    // for long. How many were removed: fewer than `most` when none is left.
    virtual Result<std::int64_t> prune(std::int64_t before_ms, std::int64_t most) = 0;
};

}  // namespace hearth::guard
