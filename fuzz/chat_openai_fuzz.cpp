// The decoder of chat streams on any bytes: no crash, and the same answer however they are cut. The same bytes as
// the text and tool arguments of a request always encode to valid JSON.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "chat/openai_provider.h"
#include "core/json.h"
#include "sse_pieces.h"

namespace {

using namespace hearth;

using fuzz::require;

// The answers as text, or the error, with the number of events.
std::string decode(std::string_view bytes, std::size_t piece) {
    chat::OpenAiStreamDecoder decoder(2);
    const auto fed = fuzz::feed_in_pieces(decoder, bytes, piece);
    auto reply = std::move(decoder).take();
    std::string out = fed + "|" + std::to_string(reply.usage.generated_tokens.value);
    for (const auto& answer : reply.answers) {
        out += "|" + answer.message.text + "|" + answer.message.reasoning + "|" +
               chat::stop_reason_name(answer.reason);
        // An id that the stream lacks is drawn anew each time.
        for (const auto& call : answer.message.tool_calls)
            out += std::string(call.id.empty() ? "|-" : "|+") + call.name + call.arguments;
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    require(decode(bytes, size) == decode(bytes, 1 + data[0] % 32U));

    chat::Request request;
    request.messages.push_back({.role = chat::Role::kUser, .text = std::string(bytes)});
    request.messages.push_back({.role = chat::Role::kAssistant,
                                .tool_calls = {{.id = "1", .name = "x", .arguments = std::string(bytes)}}});
    request.tools.push_back(
        {.name = "x", .description = std::string(bytes), .parameters = std::string(bytes)});
    const auto body = chat::encode_openai_request(request, {.address = net::UnixAddress{"/s"}});
    require(parse_json(body, {.max_bytes = std::size_t{1} << 26U, .max_depth = 200}).has_value());
    return 0;
}
