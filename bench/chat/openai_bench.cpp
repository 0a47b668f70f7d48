// What the chat room costs beside the engine: one streamed token, and the body of a request with a long history.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <string>

#include "chat/openai_provider.h"
#include "net/sse.h"
#include "os/files.h"

namespace {

using namespace hearth;

// A recorded stream of 40 tokens with timings in each chunk, from its bytes to the finished answer.
void decode_stream(benchmark::State& state) {
    const auto stream = os::read_file(HEARTH_SOURCE_DIR "/tests/data/chat/text.sse");
    if (!stream) return state.SkipWithError(stream.error().message().c_str());
    for ([[maybe_unused]] auto _ : state) {
        chat::OpenAiStreamDecoder decoder(1);
        net::SseParser events;
        const auto fed = events.feed(*stream, [&](const net::SseEvent& event) {
            if (!decoder.feed(event.data, {})) state.SkipWithError("the stream was refused");
        });
        if (!fed) state.SkipWithError("the stream was refused");
        benchmark::DoNotOptimize(std::move(decoder).take());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 40);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * stream->size()));
}

void encode_history(benchmark::State& state) {
    chat::Request request;
    for (int n = 0; n < 40; ++n) {
        request.messages.push_back({.role = chat::Role::kUser, .text = std::string(2000, 'a')});
        request.messages.push_back(
            {.role = chat::Role::kAssistant,
             .tool_calls = {
                 {.id = fmt::format("{}", n), .name = "read", .arguments = R"({"path":"src/main.cpp"})"}}});
    }
    const chat::OpenAiEndpoint endpoint{.address = net::UnixAddress{"/s"}};
    std::size_t bytes = 0;
    for ([[maybe_unused]] auto _ : state)
        bytes = chat::encode_openai_request(request, endpoint).size();
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}

BENCHMARK(decode_stream);
BENCHMARK(encode_history);

}  // namespace
