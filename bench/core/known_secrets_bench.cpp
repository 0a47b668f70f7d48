#include <benchmark/benchmark.h>
#include <cstdint>
#include <fmt/format.h>
#include <string>

#include "core/known_secrets.h"

namespace {

hearth::KnownSecrets ten_secrets() {
    hearth::KnownSecrets known;
    for (int i = 0; i < 10; ++i)
        known.add(fmt::format("key-{}", i),
                  fmt::format("{}k3y_{}abcdefghijklmnopqrstuvwxyz0123456789", i, i * 7919));
    return known;
}

std::string source_text() {
    std::string text;
    for (int i = 0; text.size() < 256UL * 1024; ++i)
        text += fmt::format("    if (line_{} > kMost) return key_of(lines[{}], \"a text of {} words\");\n", i,
                            i * 31, i % 7);
    return text;
}

// What a model is sent, what a command printed.
void take_secrets_out_of_a_text(benchmark::State& state) {
    const hearth::KnownSecrets known = ten_secrets();
    const std::string text = source_text();
    for ([[maybe_unused]] auto _ : state) {
        auto clean = known.without(text);
        benchmark::DoNotOptimize(clean);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(text.size()));
}

// The answer of a server on its way to a command.
void take_secrets_out_of_a_stream(benchmark::State& state) {
    constexpr std::size_t kPiece = 16'384;
    const hearth::KnownSecrets known = ten_secrets();
    const std::string text = source_text();
    for ([[maybe_unused]] auto _ : state) {
        hearth::KnownSecrets::Stream stream(known);
        for (std::size_t at = 0; at < text.size(); at += kPiece)
            benchmark::DoNotOptimize(stream.take(std::string_view(text).substr(at, kPiece)));
        benchmark::DoNotOptimize(stream.finish());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(text.size()));
}

}  // namespace

BENCHMARK(take_secrets_out_of_a_text);
BENCHMARK(take_secrets_out_of_a_stream);
