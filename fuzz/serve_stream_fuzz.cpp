// Any bytes as the engine's stream, through every dialect: no crash, and what a client gets keeps the rules of its dialect. The first byte
// says in what pieces the others come.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <boost/json.hpp>

#include "serve/anthropic_messages.h"
#include "serve/ollama_chat.h"
#include "serve/openai_chat.h"
#include "serve/openai_responses.h"
#include "serve/reply_stream.h"
#include "support/stream_rules.h"

namespace {

using namespace hearth;
using namespace hearth::serve;

constexpr std::array<std::size_t, 4> kPieces = {1, 13, 512, std::size_t{1} << 20U};

void require(const rules::Broken& broken) {
    if (!broken) return;
    std::fprintf(stderr, "broken rule: %s\n", broken->c_str());
    std::abort();
}

void require_json(const net::WholeResponse& whole) {
    if (!is_valid_utf8(whole.body)) require("an answer is no UTF-8");
    if (const auto value = parse_json(whole.body, {.max_bytes = std::size_t{256} << 20U, .max_depth = 200});
        !value)
        require("an answer is no JSON: " + value.error().message());
}

// What it says as a stream.
std::string play(const ChatCall& call, ReplyEncoder& encoder, std::string_view bytes, std::size_t size) {
    ReplyStream stream(call, encoder, {});
    std::string out;
    Status status;
    for (std::size_t at = 0; at < bytes.size() && status && !stream.done(); at += size) {
        ReplyStream::Fed fed = stream.feed(bytes.substr(at, size));
        out += fed.out;
        status = std::move(fed.status);
    }
    if (status && !stream.done()) status = Error(Code::kUnavailable, "the answer ended in the middle");
    out += status ? encoder.end(std::move(stream).take(), {}) : encoder.broken(status.error());
    return encoder.begin() + out;
}

// And in one piece.
void play_whole(ChatCall call, ReplyEncoder& encoder, std::string_view bytes) {
    call.stream = false;
    ReplyStream stream(call, encoder, {});
    const ReplyStream::Fed fed = stream.feed(bytes);
    if (!fed.out.empty()) require("something was streamed");
    require_json(fed.status ? encoder.whole(std::move(stream).take(), {})
                            : encoder.refusal(fed.status.error()));
}

ResponsesCall the_call() {
    auto call = responses_call(
        R"({"model":"m","stream":true,"input":"q","tools":[{"type":"function","name":"weather","parameters":{"type":"object"}},)"
        R"({"type":"custom","name":"patch"}]})",
        {});
    call->chat.stop_sequences = {"7", "4"};
    return *call;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const ResponsesCall call = the_call();
    const std::size_t pieces = kPieces.at(data[0] % kPieces.size());
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    require(rules::openai_chunks(play(call.chat, *openai_chat_encoder(call.chat), bytes, pieces),
                                 rules::EngineChunks::kFree));
    require(rules::anthropic(play(call.chat, *anthropic_encoder(call.chat), bytes, pieces)));
    require(rules::ollama(play(call.chat, *ollama_encoder(call.chat, OllamaForm::kChat), bytes, pieces)));
    require(rules::responses(play(call.chat, *responses_encoder(call), bytes, pieces)));
    play_whole(call.chat, *openai_chat_encoder(call.chat), bytes);
    play_whole(call.chat, *anthropic_encoder(call.chat), bytes);
    play_whole(call.chat, *ollama_encoder(call.chat, OllamaForm::kChat), bytes);
    play_whole(call.chat, *responses_encoder(call), bytes);
    return 0;
}
