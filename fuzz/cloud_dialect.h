#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "chat/cloud_provider.h"
#include "core/json.h"
#include "sse_pieces.h"

// What every decoder of a provider's stream has to do with any bytes: no crash, and the same answer however they are cut. The same bytes
// as texts, thoughts, ids and arguments of a request encode to valid JSON in its dialect.
namespace hearth::fuzz {

// The answer as text, or the error, with the number of events.
inline std::string decode(chat::Dialect dialect, std::string_view bytes, std::size_t piece) {
    const auto decoder = chat::make_cloud_decoder(dialect);
    const auto fed = feed_in_pieces(*decoder, bytes, piece);
    const auto reply = decoder->take();
    require(reply.answers.size() == 1);
    const auto& answer = reply.answers.front();
    std::string out = fed + "|" + std::to_string(reply.usage.generated_tokens.value) + "|" +
                      answer.message.text + "|" + answer.message.reasoning + "|" +
                      chat::stop_reason_name(answer.reason);
    for (const auto& thought : answer.message.thoughts)
        out += "|" + thought.text + "|" + thought.signature;
    // An id that the stream lacks is drawn anew each time.
    for (const auto& call : answer.message.tool_calls) {
        require(!call.id.empty() && !call.name.empty());
        out += "|" + call.name + call.arguments + call.signature;
    }
    return out;
}

inline int run_dialect(chat::Dialect dialect, const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    require(decode(dialect, bytes, size) == decode(dialect, bytes, 1 + data[0] % 32U));

    const std::string text(bytes);
    chat::Request request;
    request.messages = {
        {.role = chat::Role::kSystem, .text = text},
        {.role = chat::Role::kUser, .text = text},
        {.role = chat::Role::kAssistant,
         .text = text,
         .reasoning = text,
         .tool_calls = {{.id = text, .name = text, .arguments = text, .signature = text}},
         .thoughts = {{.text = text, .signature = text}, {.text = {}, .signature = text, .redacted = true}}},
        {.role = chat::Role::kTool, .text = text, .tool_call_id = text}};
    request.tools = {{.name = text, .description = text, .parameters = text}};
    request.thinking = chat::kThinkingLevels[data[0] % chat::kThinkingLevels.size()];
    if (data[0] > 128) request.answer_schema = text;
    const chat::CloudEndpoint endpoint{
        .provider = "p",
        .model = text,
        .dialect = dialect,
        .address = net::TcpAddress{"h", "1"},
        .most_answer = {4096},
        .thinking = {.reasoning = true, .words = {{chat::ThinkingLevel::kLow, text}}}};
    const auto body = chat::encode_cloud_request(request, endpoint);
    require(parse_json(body, {.max_bytes = std::size_t{1} << 26U, .max_depth = 200}).has_value());
    for (const char c : chat::cloud_target(endpoint))
        require(c > ' ' && c < '\x7f');
    return 0;
}

}  // namespace hearth::fuzz
