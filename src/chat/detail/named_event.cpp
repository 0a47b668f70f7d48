#include "chat/detail/named_event.h"

#include <fmt/format.h>

#include "core/json.h"
#include "core/text.h"

namespace hearth::chat::detail {

std::string named_event(const net::EventStreamMessage& message) {
    const auto quoted = [&](std::string_view header) {
        return json_quote(to_valid_utf8(message.text(header)));
    };
    const auto kind = message.text(":message-type");
    if (kind == "error")
        return fmt::format(R"({{"error":{{"code":{},"message":{}}}}})", quoted(":error-code"),
                           quoted(":error-message"));
    if (kind != "event" && kind != "exception") return {};
    return fmt::format("{{{}:{}}}", quoted(kind == "event" ? ":event-type" : ":exception-type"),
                       message.payload.empty() ? std::string_view("{}") : std::string_view(message.payload));
}

}  // namespace hearth::chat::detail
