#include <benchmark/benchmark.h>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace {

// One streamed token as the engine sends it: the parse that runs once per generated token.
constexpr std::string_view kDelta =
    R"({"choices":[{"finish_reason":null,"index":0,"delta":{"content":" return"}}],"created":1763900000,)"
    R"("id":"chatcmpl-0123456789","model":"qwen2.5-coder:1.5b","object":"chat.completion.chunk"})";

void parse_streamed_token(benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
        auto value = hearth::parse_json(kDelta);
        benchmark::DoNotOptimize(value);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(kDelta.size()));
}

// Tool output on its way to a terminal.
void make_output_printable(benchmark::State& state) {
    std::string output;
    while (output.size() < 64UL * 1024)
        output += "tests/test_ledger.py::test_total_of_empty \x1b[31mFAILED\x1b[0m é\n";
    for ([[maybe_unused]] auto _ : state) {
        auto shown = hearth::printable(output);
        benchmark::DoNotOptimize(shown);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(output.size()));
}

}  // namespace

BENCHMARK(parse_streamed_token);
BENCHMARK(make_output_printable);
