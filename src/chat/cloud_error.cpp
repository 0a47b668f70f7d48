#include "chat/cloud_error.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string>

#include <boost/json.hpp>

#include "chat/detail/error_text.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

constexpr std::int64_t kLongestWait = 3600;  // seconds

struct Kind {
    std::string_view name;
    int status;
};

// Errors inside of a stream have no HTTP status, but a name that stands for one.
constexpr std::array kKinds = {Kind{"overloaded_error", 529},
                               Kind{"rate_limit_error", 429},
                               Kind{"rate_limit_exceeded", 429},
                               Kind{"insufficient_quota", 429},
                               Kind{"RESOURCE_EXHAUSTED", 429},
                               Kind{"UNAVAILABLE", 503},
                               Kind{"INTERNAL", 500},
                               Kind{"api_error", 500},
                               Kind{"server_error", 500},
                               Kind{"throttlingException", 429},
                               Kind{"serviceUnavailableException", 503},
                               Kind{"internalServerException", 500},
                               Kind{"modelStreamErrorException", 500},
                               Kind{"modelTimeoutException", 504},
                               Kind{"accessDeniedException", 403},
                               Kind{"resourceNotFoundException", 404},
                               Kind{"validationException", 400},
                               Kind{"timeout_error", 504},
                               Kind{"DEADLINE_EXCEEDED", 504},
                               Kind{"authentication_error", 401},
                               Kind{"UNAUTHENTICATED", 401},
                               Kind{"permission_error", 403},
                               Kind{"PERMISSION_DENIED", 403},
                               Kind{"not_found_error", 404},
                               Kind{"NOT_FOUND", 404},
                               Kind{"request_too_large", 413},
                               Kind{"invalid_request_error", 400},
                               Kind{"INVALID_ARGUMENT", 400},
                               Kind{"FAILED_PRECONDITION", 400}};

Code code_of_status(int status) {
    switch (status) {
        case 401:
        case 403: return Code::kPermission;
        case 404: return Code::kNotFound;
        case 408:
        case 504: return Code::kTimeout;
        default: break;
    }
    if (status == 0 || status == 429 || status >= 500 || status < 400) return Code::kUnavailable;
    return Code::kInvalidInput;
}

bool speaks_of_the_window(std::string_view text) {
    const auto lower = to_lower_ascii(text);
    return std::ranges::any_of(
        std::to_array<std::string_view>({"prompt is too long", "context_length_exceeded", "context window",
                                         "context length", "maximum context", "input is too long",
                                         "exceeds the maximum number of tokens", "too large for model",
                                         "exceed context limit"}),
        [&](std::string_view words) { return lower.contains(words); });
}

// Google's errors say how long to wait in a detail: {"@type": "…RetryInfo", "retryDelay": "13s"}.
std::chrono::seconds wait_in_details(const json::value& object) {
    const auto* details = array_member(object, "details");
    if (details == nullptr) return {};
    for (const auto& each : *details) {
        auto delay = string_member(each, "retryDelay").value_or("");
        if (!delay.ends_with('s')) continue;
        delay.remove_suffix(1);
        const auto whole = parse_number(delay.substr(0, delay.find('.')));
        if (whole)
            return std::chrono::seconds(std::min(*whole + (delay.contains('.') ? 1 : 0), kLongestWait));
    }
    return {};
}

struct Words {
    std::string message;
    std::string kind;  // "overloaded_error", "context_length_exceeded", …; may be empty
    int status = 0;
};

Words words_of(const json::value& object, int status) {
    Words words{.message = {}, .kind = {}, .status = status};
    if (object.is_string()) words.message = object.get_string();
    if (const auto message = string_member(object, "message")) words.message = *message;
    if (const auto message = string_member(object, "Message"); message && words.message.empty())
        words.message = *message;
    // Mistral's refusals of a form have a list there.
    if (const auto* message = member(object, "message"); message != nullptr && message->is_object())
        words.message = json::serialize(*message);
    if (words.message.empty())
        words.message = string_member(object, "detail").value_or("no reason was given");
    for (const auto* name : {"code", "status", "type"}) {
        const auto text = string_member(object, name).value_or("");
        if (text.empty() || text == "error") continue;
        if (words.kind.empty()) words.kind = text;
        const auto* kind = std::ranges::find(kKinds, text, &Kind::name);
        if (kind != kKinds.end() && words.status == 0) words.status = kind->status;
    }
    if (words.status == 0) {
        if (const auto code = integer_member(object, "code"); code && *code >= 400 && *code < 600)
            words.status = static_cast<int>(*code);
    }
    return words;
}

const char* what_failed(const Words& words, Code code) {
    if (words.status == 429) return "it takes no more requests for now";
    if (words.status == 529 || words.kind == "overloaded_error") return "it is overloaded";
    if (code == Code::kPermission) return "it does not accept the key";
    if (code == Code::kNotFound) return "it has no such model or route";
    if (code == Code::kUnavailable) return "it failed";
    return code == Code::kTimeout ? "it took too long" : "it refused the request";
}

}  // namespace

Error cloud_error(const json::value& object, int status) {
    const auto words = words_of(object, status);
    if (words.status == 413 ||
        (words.status != 429 && (speaks_of_the_window(words.message) || speaks_of_the_window(words.kind)))) {
        return {Code::kInvalidInput, fmt::format("the prompt is longer than the context window: {}",
                                                 detail::shortened(words.message))};
    }
    const auto code = code_of_status(words.status);
    // The kind tells a quota that is used up from one that comes back.
    const auto kind =
        words.kind.empty() ? std::string() : fmt::format(" ({})", detail::shortened(words.kind));
    const Error error(
        code, fmt::format("{}{}: {}", what_failed(words, code), kind, detail::shortened(words.message)));
    const auto wait = wait_in_details(object);
    return wait.count() > 0 ? error.with_retry_after(wait) : error;
}

Error cloud_error_body(std::string_view body, int status, std::chrono::seconds retry_after) {
    const auto waiting = [&](const Error& error) {
        return retry_after.count() > 0 ? error.with_retry_after(retry_after) : error;
    };
    if (const auto value = parse_json(body)) {
        // Google puts the object into a list where a stream was asked for.
        const auto* holder = &*value;
        if (holder->is_array() && !holder->get_array().empty()) holder = &holder->get_array().front();
        if (const auto* error = member(*holder, "error"); error != nullptr && !error->is_null())
            return waiting(cloud_error(*error, status));
        if (member(*holder, "message") != nullptr || member(*holder, "Message") != nullptr ||
            member(*holder, "detail") != nullptr)
            return waiting(cloud_error(*holder, status));
    }
    const auto text = detail::shortened(body.substr(0, detail::kMaxErrorText));
    return waiting(cloud_error(
        json::string(fmt::format("HTTP status {}{}{}", status, text.empty() ? "" : ": ", text)), status));
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view header) {
    const auto seconds = parse_number(trim(header));
    if (!seconds) return std::nullopt;
    return std::chrono::seconds(std::min(*seconds, kLongestWait));
}

}  // namespace hearth::chat
