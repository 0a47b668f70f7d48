#include "chat/openai_error.h"

#include <fmt/format.h>
#include <string>

#include <boost/json.hpp>

#include "chat/detail/error_text.h"
#include "core/json.h"

namespace hearth::chat {
namespace {

Code code_of_status(std::int64_t status) {
    switch (status) {
        case 401:
        case 403: return Code::kPermission;
        case 404: return Code::kNotFound;
        case 408:
        case 504: return Code::kTimeout;
        case 413: return Code::kTooLarge;
        case 501: return Code::kUnsupported;
        default:
            return status >= 400 && status < 500 && status != 429 ? Code::kInvalidInput : Code::kUnavailable;
    }
}

Error context_overflow(const json::value& object, std::string_view message) {
    const auto prompt = integer_member(object, "n_prompt_tokens");
    const auto window = integer_member(object, "n_ctx");
    if (!prompt || !window) {
        return {Code::kInvalidInput,
                fmt::format("the prompt is longer than the context window: {}", detail::shortened(message))};
    }
    return {Code::kInvalidInput,
            fmt::format(
                "the prompt has {} tokens and the context window holds {}: shorten it, or start the model "
                "with a larger context",
                *prompt, *window)};
}

}  // namespace

Error openai_error(const json::value& object, int status) {
    const auto message = object.is_string()
                             ? std::string_view(object.get_string())
                             : string_member(object, "message").value_or("no reason was given");
    const auto type = string_member(object, "type").value_or("");
    const auto name = string_member(object, "code").value_or("");
    if (type == "exceed_context_size_error" || name == "context_length_exceeded") {
        return context_overflow(object, message);
    }
    const auto number = integer_member(object, "code").value_or(status);
    const auto code = number != 0 ? code_of_status(number) : Code::kUnavailable;
    const auto* what = code == Code::kUnavailable ? "the engine failed" : "the engine refused the request";
    return {code, fmt::format("{}: {}", what, detail::shortened(message))};
}

Error openai_error_body(std::string_view body, int status) {
    if (const auto value = parse_json(body)) {
        if (const auto* error = member(*value, "error")) return openai_error(*error, status);
    }
    const auto text = detail::shortened(body);
    return {code_of_status(status), fmt::format("the engine answered with HTTP status {}{}{}", status,
                                                text.empty() ? "" : ": ", text)};
}

}  // namespace hearth::chat
