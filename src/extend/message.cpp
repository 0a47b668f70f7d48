#include "extend/message.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::extend {
namespace {

constexpr std::string_view kHead = R"({"jsonrpc":"2.0")";
constexpr std::size_t kMaxId = 100;
constexpr std::size_t kMaxMethod = 100;
constexpr std::size_t kMaxError = 4000;

Error no_message(std::string_view why) {
    return {Code::kCorrupt, fmt::format("this line is no message of the protocol: {}", why)};
}

Result<std::string> id_of(const json::value& value) {
    const auto* id = member(value, "id");
    if (id == nullptr || id->is_null()) return std::string();
    if (!id->is_string() && !id->is_int64() && !id->is_uint64())
        return no_message("its id is neither a string nor a whole number");
    auto text = json::serialize(*id);
    if (text.size() > kMaxId) return no_message("its id is too long");
    return text;
}

// {"code", "message"}, or a text where somebody made it short.
std::string sentence_of(const json::value& error) {
    const auto message = error.is_string()
                             ? std::optional<std::string_view>(std::string_view(error.get_string()))
                             : string_member(error, "message");
    return std::string(utf8_front(message.value_or("no reason was given"), kMaxError));
}

}  // namespace

Result<Message> parse_message(std::string_view line) {
    const auto value = TRY(parse_json(line, {.max_bytes = kMaxLine}));
    if (!value.is_object()) return no_message("it is no JSON object");
    Message message;
    message.id = TRY(id_of(value));
    if (const auto method = string_member(value, "method")) {
        if (method->empty() || method->size() > kMaxMethod)
            return no_message("its method is empty or too long");
        message.method = *method;
        message.kind = message.id.empty() ? Message::Kind::kNotification : Message::Kind::kRequest;
        const auto* params = member(value, "params");
        if (params != nullptr && !params->is_object()) return no_message("its params are no object");
        if (params != nullptr) message.params = json::serialize(*params);
        return message;
    }
    if (message.id.empty()) return no_message("it has neither a method nor an id");
    if (const auto* error = member(value, "error"); error != nullptr && !error->is_null()) {
        message.kind = Message::Kind::kFailure;
        message.error = sentence_of(*error);
        return message;
    }
    message.kind = Message::Kind::kAnswer;
    const auto* result = member(value, "result");
    message.result = result == nullptr ? "null" : json::serialize(*result);
    return message;
}

std::string request_line(std::string_view id, std::string_view method, std::string_view params) {
    return fmt::format(R"({},"id":{},"method":{},"params":{}}})", kHead, id, json_quote(method), params);
}

std::string notification_line(std::string_view method, std::string_view params) {
    return fmt::format(R"({},"method":{},"params":{}}})", kHead, json_quote(method), params);
}

std::string answer_line(std::string_view id, std::string_view result) {
    return fmt::format(R"({},"id":{},"result":{}}})", kHead, id, result);
}

std::string failure_line(std::string_view id, std::string_view error) {
    return fmt::format(R"({},"id":{},"error":{{"code":-32000,"message":{}}}}})", kHead, id,
                       json_quote(error));
}

}  // namespace hearth::extend
