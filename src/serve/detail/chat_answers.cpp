#include "serve/detail/chat_answers.h"

#include <utility>
#include <variant>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::serve::detail {

std::string body_of_answer(const ChatCall& call, int answer) {
    const auto prompt = static_cast<std::size_t>(answer / call.candidates);
    const int candidate = answer % call.candidates;
    const std::string& body = prompt == 0 ? call.body : call.more_prompts[prompt - 1];
    if (candidate == 0) return body;
    auto value = parse_json(body);
    if (!value || !value->is_object()) return body;
    const auto seed = integer_member(*value, "seed");
    if (seed && *seed >= 0) value->get_object()["seed"] = *seed + candidate;  // else all would be alike
    return json::serialize(*value);
}

void add_to(chat::Reply& all, chat::Reply one, bool same_prompt) {
    if (!same_prompt) {
        all.usage.prompt_tokens += one.usage.prompt_tokens;
        all.usage.cached_tokens += one.usage.cached_tokens;
    }
    for (auto& answer : one.answers)
        all.answers.push_back(std::move(answer));
    all.usage.generated_tokens += one.usage.generated_tokens;
    all.usage.drafted_tokens += one.usage.drafted_tokens;
    all.usage.accepted_tokens += one.usage.accepted_tokens;
    all.usage.prompt_seconds += one.usage.prompt_seconds;
    all.usage.decode_seconds += one.usage.decode_seconds;
}

bool is_of_answer(const chat::Event& event) {
    return std::holds_alternative<chat::TextDelta>(event) ||
           std::holds_alternative<chat::ReasoningDelta>(event) ||
           std::holds_alternative<chat::ToolCallDelta>(event);
}

chat::Reply with_call_reasons(chat::Reply reply) {
    for (chat::Answer& each : reply.answers)
        if (!each.message.tool_calls.empty() && each.reason == chat::StopReason::kStop)
            each.reason = chat::StopReason::kToolCalls;
    return reply;
}

guard::EndReason end_of(const chat::Reply& reply) {
    switch (reply.answers.front().reason) {
        case chat::StopReason::kLength: return guard::EndReason::kLength;
        case chat::StopReason::kToolCalls: return guard::EndReason::kToolCalls;
        case chat::StopReason::kStop: return guard::EndReason::kStop;
        case chat::StopReason::kError: break;
    }
    return guard::EndReason::kFailed;
}

}  // namespace hearth::serve::detail
