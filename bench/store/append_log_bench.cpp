// What a session costs: adding a record, with and without waiting for the disk, and reading a long session
// again.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <optional>
#include <string>

#include "os/files.h"
#include "store/append_log.h"
#include "store/crc32c.h"

namespace {

using namespace hearth;

std::string record_of(std::size_t size) {
    return fmt::format(R"({{"type":"message","text":"{}"}})", std::string(size, 'a'));
}

void append_record(benchmark::State& state, store::Durability durability) {
    auto folder = os::TempDir::create("hearth-log-bench");
    if (!folder) return state.SkipWithError(folder.error().message().c_str());
    auto log = store::AppendLog::open(folder->path() / "log.jsonl");
    if (!log) return state.SkipWithError(log.error().message().c_str());
    const auto record = record_of(400);
    for (auto _ : state) {
        if (!log->append(record, durability)) return state.SkipWithError("append failed");
    }
}

void reload_session(benchmark::State& state) {
    auto folder = os::TempDir::create("hearth-log-bench");
    if (!folder) return state.SkipWithError(folder.error().message().c_str());
    const auto path = folder->path() / "log.jsonl";
    std::int64_t bytes = 0;
    {
        auto log = store::AppendLog::open(path);
        if (!log) return state.SkipWithError(log.error().message().c_str());
        const auto record = record_of(4000);
        for (; bytes < state.range(0) * kMiB; bytes += static_cast<std::int64_t>(record.size())) {
            if (!log->append(record, store::Durability::kBuffered))
                return state.SkipWithError("append failed");
        }
    }
    for (auto _ : state) {
        auto report = store::read_log(path, {});
        if (!report) return state.SkipWithError(report.error().message().c_str());
        benchmark::DoNotOptimize(report->records);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bytes);
}

void checksum(benchmark::State& state) {
    const std::string bytes(1U << 20U, 'x');
    for (auto _ : state)
        benchmark::DoNotOptimize(store::crc32c(bytes));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}

BENCHMARK_CAPTURE(append_record, buffered, store::Durability::kBuffered);
BENCHMARK_CAPTURE(append_record, sync, store::Durability::kSync)->UseRealTime();
BENCHMARK(reload_session)->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK(checksum);

}  // namespace
