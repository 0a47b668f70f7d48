#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "chat/cloud_error.h"
#include "chat/detail/answer_builder.h"
#include "chat/google_content.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

Error wrong(std::string_view why, std::string_view payload) {
    return detail::not_the_protocol("the generateContent API", why, payload);
}

Error ended(std::string_view reason) {
    // What the model got wrong by itself may go well the next time.
    constexpr auto kSlips = std::to_array<std::string_view>(
        {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "OTHER", "FINISH_REASON_UNSPECIFIED"});
    const bool slip = std::ranges::find(kSlips, reason) != kSlips.end();
    return {slip ? Code::kUnavailable : Code::kInvalidInput,
            fmt::format("the provider ended the answer ({})", printable(reason))};
}

class GoogleDecoder final : public StreamDecoder {
public:
    Status feed(std::string_view payload, const EventSink& sink) override {
        if (answer_.stopped()) return {};
        const auto parsed = parse_json(payload);
        if (!parsed) return wrong(parsed.error().message(), payload);
        if (!parsed->is_object()) return wrong("it is no object", payload);
        if (const auto* error = member(*parsed, "error"); error != nullptr && !error->is_null())
            return cloud_error(*error, 0);
        take_usage(*parsed);
        if (const auto* feedback = member(*parsed, "promptFeedback")) {
            if (const auto reason = string_member(*feedback, "blockReason"))
                return Error(Code::kInvalidInput,
                             fmt::format("the provider does not take this prompt ({})", printable(*reason)));
        }
        const auto* candidates = array_member(*parsed, "candidates");
        if (candidates == nullptr || candidates->empty()) return {};
        return take_candidate(candidates->front(), sink);
    }

    [[nodiscard]] bool stopped() const override { return answer_.stopped(); }

    [[nodiscard]] bool done() const override { return answer_.finished(); }

    [[nodiscard]] Reply take() override { return answer_.take(); }

private:
    Status take_candidate(const json::value& candidate, const EventSink& sink) {
        const auto* content = member(candidate, "content");
        const auto* parts = content != nullptr ? array_member(*content, "parts") : nullptr;
        if (parts != nullptr) {
            for (const auto& part : *parts)
                TRY(take_part(part, sink));
        }
        const auto reason = string_member(candidate, "finishReason").value_or("");
        if (reason.empty()) return {};
        if (reason == "MAX_TOKENS") {
            answer_.finish(StopReason::kLength, sink);
        } else if (reason == "STOP") {
            answer_.finish(answer_.message().tool_calls.empty() ? StopReason::kStop : StopReason::kToolCalls,
                           sink);
        } else {
            return ended(reason);
        }
        return {};
    }

    // A call comes whole.
    Status take_part(const json::value& part, const EventSink& sink) {
        const auto signature = string_member(part, "thoughtSignature").value_or("");
        if (const auto* call = member(part, "functionCall")) {
            const auto name = string_member(*call, "name").value_or("");
            if (name.empty()) return wrong("a tool call has no name", json::serialize(part));
            const auto number = TRY(answer_.begin_call(string_member(*call, "id").value_or(""), name, sink));
            answer_.call(number).signature = signature;
            const auto* args = member(*call, "args");
            return answer_.arguments(
                number, args != nullptr && args->is_object() ? json::serialize(*args) : "{}", sink);
        }
        const auto text = string_member(part, "text").value_or("");
        if (bool_member(part, "thought").value_or(false)) return answer_.thought(text, sink);
        return answer_.text(text, sink);
    }

    // Each chunk says the counts until then. Thoughts are paid as the answer is.
    void take_usage(const json::value& chunk) {
        const auto* said = member(chunk, "usageMetadata");
        if (said == nullptr) return;
        auto& usage = answer_.usage();
        const auto count = [&](const char* name, std::int64_t usual) {
            return std::max<std::int64_t>(integer_member(*said, name).value_or(usual), 0);
        };
        usage.prompt_tokens = {count("promptTokenCount", usage.prompt_tokens.value)};
        usage.cached_tokens = {count("cachedContentTokenCount", usage.cached_tokens.value)};
        usage.generated_tokens = {count("candidatesTokenCount", 0) + count("thoughtsTokenCount", 0)};
    }

    detail::AnswerBuilder answer_;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_google_decoder() { return std::make_unique<GoogleDecoder>(); }

}  // namespace hearth::chat
