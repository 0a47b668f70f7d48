#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::extend {

// The longest line of either side.
inline constexpr std::size_t kMaxLine = std::size_t{8} << 20U;

// One message between hearth and an extension: JSON-RPC 2.0, each message in a line of its own.
struct Message {
    enum class Kind : std::uint8_t { kRequest, kNotification, kAnswer, kFailure };
    Kind kind = Kind::kNotification;
    std::string id;             // JSON (a string or a whole number), to be repeated; empty for a notification
    std::string method;         // of a request or a notification
    std::string params = "{}";  // JSON object of a request or a notification
    std::string result;         // JSON, of kAnswer
    std::string error;          // a sentence, of kFailure
};

// Errors: kCorrupt for what is no JSON object, or no message; kTooLarge over kMaxLine. Pure.
[[nodiscard]] Result<Message> parse_message(std::string_view line);

// Messages as lines, without the line feed. `params` and `result` are JSON, `id` too.
[[nodiscard]] std::string request_line(std::string_view id, std::string_view method, std::string_view params);
[[nodiscard]] std::string notification_line(std::string_view method, std::string_view params);
[[nodiscard]] std::string answer_line(std::string_view id, std::string_view result);
[[nodiscard]] std::string failure_line(std::string_view id, std::string_view error);

}  // namespace hearth::extend
