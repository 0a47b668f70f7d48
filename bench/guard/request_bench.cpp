// What keys and the ledger add to a request: checking its key, what the key used today, and the row that stays.
#include <benchmark/benchmark.h>
#include <cstdint>

#include "guard/key_book.h"
#include "guard/ledger.h"
#include "os/files.h"
#include "store/sqlite.h"

namespace {

using namespace hearth;

constexpr std::int64_t kNow = 1'764'000'000'000;

guard::LedgerRow row_of(std::int64_t time_ms) {
    return {.time_ms = time_ms,
            .key = "key_0123456789ab",
            .client = "client/1.0",
            .dialect = "openai",
            .model = "qwen2.5-coder:1.5b",
            .prompt = {4000},
            .cached = {3500},
            .generated = {200},
            .total_seconds = 5,
            .compute_seconds = 4};
}

void check_key(benchmark::State& state) {
    auto folder = os::TempDir::create("hearth-guard-bench");
    if (!folder) return state.SkipWithError(folder.error().message().c_str());
    auto book = guard::KeyBook::open(folder->path() / "keys.db");
    if (!book) return state.SkipWithError(book.error().message().c_str());
    const auto made = book->create({.name = "bench"}, kNow);
    if (!made) return state.SkipWithError(made.error().message().c_str());
    for (auto _ : state)
        if (!book->check(made->secret, kNow)) return state.SkipWithError("refused");
}

// `range(0)` requests of this key today.
void used_today(benchmark::State& state) {
    auto folder = os::TempDir::create("hearth-guard-bench");
    if (!folder) return state.SkipWithError(folder.error().message().c_str());
    const auto file = folder->path() / "ledger.db";
    auto ledger = guard::Ledger::open(file);
    if (!ledger) return state.SkipWithError(ledger.error().message().c_str());
    if (!(*ledger)->record(row_of(kNow))) return state.SkipWithError("not recorded");
    // A million rows in one transaction: each by itself would wait for the disk.
    auto database = store::Database::open(file, std::vector<std::string_view>(2));
    if (!database) return state.SkipWithError(database.error().message().c_str());
    const auto filled = database->execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1) "
        "INSERT INTO requests SELECT NULL, time_ms + i % 1000, key, client, session, dialect, route, model, "
        "prompt_tokens, cached_tokens, generated_tokens, draft_accepted_tokens, queue_seconds, load_seconds, "
        "first_token_seconds, total_seconds, compute_seconds, end_reason, status "
        "FROM n, (SELECT * FROM requests LIMIT 1)",
        {state.range(0)});
    if (!filled) return state.SkipWithError(filled.error().message().c_str());
    for (auto _ : state) {
        const auto used = (*ledger)->used_since("key_0123456789ab", guard::day_start(kNow));
        if (!used || used->requests != state.range(0)) return state.SkipWithError("a wrong sum");
    }
}

void record(benchmark::State& state) {
    auto folder = os::TempDir::create("hearth-guard-bench");
    if (!folder) return state.SkipWithError(folder.error().message().c_str());
    auto ledger = guard::Ledger::open(folder->path() / "ledger.db");
    if (!ledger) return state.SkipWithError(ledger.error().message().c_str());
    std::int64_t time_ms = kNow;
    for (auto _ : state)
        if (!(*ledger)->record(row_of(++time_ms))) return state.SkipWithError("not recorded");
}

BENCHMARK(check_key)->Unit(benchmark::kMicrosecond);
// So many, because otherwise the rows are made anew for each attempt to find out how many are enough.
BENCHMARK(used_today)->Arg(1000)->Arg(1'000'000)->Iterations(5000)->Unit(benchmark::kMicrosecond);
BENCHMARK(record)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
