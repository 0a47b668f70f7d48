// What keys and the ledger add to a request: checking its key, what the key used today, and the row that stays.
#include <benchmark/benchmark.h>
#include <cstdint>

#include "guard/key_book.h"
#include "guard/ledger.h"
#include "os/files.h"

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
    auto ledger = guard::Ledger::open(folder->path() / "ledger.db");
    if (!ledger) return state.SkipWithError(ledger.error().message().c_str());
    for (std::int64_t i = 0; i < state.range(0); ++i)
        if (!ledger->record(row_of(kNow + i))) return state.SkipWithError("not recorded");
    for (auto _ : state)
        benchmark::DoNotOptimize(ledger->used_since("key_0123456789ab", kNow));
}

void record(benchmark::State& state) {
    auto folder = os::TempDir::create("hearth-guard-bench");
    if (!folder) return state.SkipWithError(folder.error().message().c_str());
    auto ledger = guard::Ledger::open(folder->path() / "ledger.db");
    if (!ledger) return state.SkipWithError(ledger.error().message().c_str());
    std::int64_t time_ms = kNow;
    for (auto _ : state)
        if (!ledger->record(row_of(++time_ms))) return state.SkipWithError("not recorded");
}

BENCHMARK(check_key)->Unit(benchmark::kMicrosecond);
BENCHMARK(used_today)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(record)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
