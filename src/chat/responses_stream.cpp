#include <cstdint>
#include <map>
#include <utility>

#include <boost/json.hpp>

#include "chat/cloud_error.h"
#include "chat/detail/answer_builder.h"
#include "chat/openai_responses.h"
#include "core/json.h"

namespace hearth::chat {
namespace {

Error wrong(std::string_view why, std::string_view payload) {
    return detail::not_the_protocol("the Responses API", why, payload);
}

class ResponsesDecoder final : public StreamDecoder {
public:
    Status feed(std::string_view payload, const EventSink& sink) override {
        if (answer_.stopped() || payload == "[DONE]") return {};
        const auto parsed = parse_json(payload);
        if (!parsed) return wrong(parsed.error().message(), payload);
        const auto& event = *parsed;
        const auto type = string_member(event, "type").value_or("");
        if (type.empty()) {
            // Azure's gateway tells errors without a type of their own.
            if (const auto* error = member(event, "error"); error != nullptr && !error->is_null())
                return cloud_error(*error, 0);
            return wrong("an event has no type", payload);
        }
        const auto delta = string_member(event, "delta").value_or("");
        if (type == "response.output_text.delta" || type == "response.refusal.delta")
            return answer_.text(delta, sink);
        if (type == "response.reasoning_summary_text.delta" || type == "response.reasoning_text.delta")
            return take_thought(delta, sink);
        if (type == "response.reasoning_summary_part.added") {
            part_ends_ = has_thought_;
            return {};
        }
        if (type == "response.function_call_arguments.delta") return take_arguments(event, delta, sink);
        if (type == "response.output_item.added") return begin_item(event, payload, sink);
        if (type == "response.output_item.done") return end_item(event, sink);
        if (type == "response.completed" || type == "response.incomplete") return take_end(event, sink);
        if (type == "response.failed" || type == "error") return failure(event);
        return {};
    }

    [[nodiscard]] bool stopped() const override { return answer_.stopped(); }

    [[nodiscard]] bool done() const override { return answer_.finished(); }

    [[nodiscard]] Reply take() override { return answer_.take(); }

private:
    Status take_thought(std::string_view delta, const EventSink& sink) {
        if (delta.empty()) return {};
        // The parts of one summary are paragraphs.
        if (std::exchange(part_ends_, false)) TRY(answer_.thought("\n\n", sink));
        has_thought_ = true;
        return answer_.thought(delta, sink);
    }

    Status begin_item(const json::value& event, std::string_view payload, const EventSink& sink) {
        const auto* item = member(event, "item");
        if (item == nullptr) return wrong("an item is missing", payload);
        const auto type = string_member(*item, "type").value_or("");
        if (type == "reasoning") {
            answer_.begin_thought();
            has_thought_ = part_ends_ = false;
        }
        if (type != "function_call") return {};
        const auto name = string_member(*item, "name").value_or("");
        if (name.empty()) return wrong("a tool call has no name", payload);
        const auto place = integer_member(event, "output_index").value_or(-1);
        if (calls_.contains(place)) return wrong("two tool calls have one place", payload);
        calls_[place] = TRY(answer_.begin_call(string_member(*item, "call_id").value_or(""), name, sink));
        return answer_.arguments(calls_[place], string_member(*item, "arguments").value_or(""), sink);
    }

    Status take_arguments(const json::value& event, std::string_view delta, const EventSink& sink) {
        const auto call = calls_.find(integer_member(event, "output_index").value_or(-1));
        if (call == calls_.end()) return {};
        return answer_.arguments(call->second, delta, sink);
    }

    Status end_item(const json::value& event, const EventSink& sink) {
        const auto* item = member(event, "item");
        if (item == nullptr) return {};
        const auto type = string_member(*item, "type").value_or("");
        if (type == "function_call") {
            // Some servers send the arguments whole, with the end.
            const auto call = calls_.find(integer_member(event, "output_index").value_or(-1));
            if (call == calls_.end() || !answer_.call(call->second).arguments.empty()) return {};
            return answer_.arguments(call->second, string_member(*item, "arguments").value_or(""), sink);
        }
        // Only encrypted can it be taken back by a provider that keeps nothing.
        const auto secret = string_member(*item, "encrypted_content").value_or("");
        if (type != "reasoning" || secret.empty()) return {};
        return answer_.sign_thought(json::serialize(*item));
    }

    Status take_end(const json::value& event, const EventSink& sink) {
        const auto* response = member(event, "response");
        if (response == nullptr) return {};
        take_usage(*response);
        const auto* details = member(*response, "incomplete_details");
        const auto why =
            details != nullptr ? string_member(*details, "reason").value_or("") : std::string_view();
        if (why == "content_filter")
            return Error(Code::kInvalidInput, "the provider's filter ended the answer (content_filter)");
        const bool cut = string_member(*response, "status") == "incomplete";
        answer_.finish(cut              ? StopReason::kLength
                       : calls_.empty() ? StopReason::kStop
                                        : StopReason::kToolCalls,
                       sink);
        return {};
    }

    static Error failure(const json::value& event) {
        const auto* response = member(event, "response");
        const auto* error = member(response != nullptr ? *response : event, "error");
        if (error != nullptr && !error->is_null()) return cloud_error(*error, 0);
        return cloud_error(event, 0);
    }

    void take_usage(const json::value& response) {
        const auto* said = member(response, "usage");
        if (said == nullptr || !said->is_object()) return;
        auto& usage = answer_.usage();
        usage.prompt_tokens = {integer_member(*said, "input_tokens").value_or(0)};
        usage.generated_tokens = {integer_member(*said, "output_tokens").value_or(0)};
        if (const auto* details = member(*said, "input_tokens_details"))
            usage.cached_tokens = {integer_member(*details, "cached_tokens").value_or(0)};
    }

    detail::AnswerBuilder answer_;
    std::map<std::int64_t, std::size_t> calls_;  // by their place in the output
    bool has_thought_ = false;                   // of the item under way
    bool part_ends_ = false;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_responses_decoder() { return std::make_unique<ResponsesDecoder>(); }

}  // namespace hearth::chat
