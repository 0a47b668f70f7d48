#include <benchmark/benchmark.h>
#include <cstring>
#include <fmt/format.h>
#include <string>

#include "model/gguf.h"

namespace {

std::string number(std::uint64_t value, std::size_t bytes) {
    std::string text(sizeof(value), '\0');
    std::memcpy(text.data(), &value, sizeof(value));
    text.resize(bytes);
    return text;
}

std::string counted(const std::string& text) { return number(text.size(), 8) + text; }

// A header as large models have it: a vocabulary, and some tensors a layer.
std::string header(std::uint64_t tokens, std::uint64_t tensors) {
    std::string bytes = "GGUF" + number(3, 4) + number(tensors, 8) + number(2, 8);
    bytes += counted("general.architecture") + number(8, 4) + counted("llama");
    bytes += counted("tokenizer.ggml.tokens") + number(9, 4) + number(8, 4) + number(tokens, 8);
    for (std::uint64_t i = 0; i < tokens; ++i)
        bytes += counted(fmt::format("token{}", i));
    for (std::uint64_t i = 0; i < tensors; ++i) {
        bytes += counted(fmt::format("blk.{}.ffn_down.weight", i)) + number(2, 4) + number(4096, 8) +
                 number(4096, 8);
        bytes += number(12, 4) + number(i * 4096 * 4096 / 256 * 144, 8);
    }
    return bytes;
}

// What `hearth run` and `hearth show` wait for before anything else: 150,000 tokens, 340 tensors.
void parse_header(benchmark::State& state) {
    const auto bytes =
        header(static_cast<std::uint64_t>(state.range(0)), static_cast<std::uint64_t>(state.range(1)));
    constexpr std::uint64_t kFile = std::uint64_t{1} << 45U;
    for (auto _ : state) {
        auto parsed = hearth::model::parse_gguf(bytes, kFile);
        if (!parsed) state.SkipWithError(parsed.error().message().c_str());
        benchmark::DoNotOptimize(parsed);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
}

BENCHMARK(parse_header)->Args({150'000, 340})->Args({260'000, 20'000})->Unit(benchmark::kMillisecond);

}  // namespace
