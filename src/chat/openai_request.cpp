#include <algorithm>

#include <boost/json.hpp>

#include "chat/detail/request_parts.h"
#include "chat/openai_provider.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

using detail::text_value;

const char* role_name(Role role) {
    switch (role) {
        case Role::kSystem: return "system";
        case Role::kUser: return "user";
        case Role::kAssistant: return "assistant";
        case Role::kTool: return "tool";
    }
    return "user";
}

json::object message_value(const Message& message, bool local_extras) {
    json::object out;
    out["role"] = role_name(message.role);
    out["content"] = text_value(with_unseen_images(message.text, message.images.size()));
    if (message.role == Role::kTool) out["tool_call_id"] = text_value(message.tool_call_id);
    if (message.role != Role::kAssistant) return out;
    if (local_extras && !message.reasoning.empty()) out["reasoning_content"] = text_value(message.reasoning);
    if (!message.tool_calls.empty()) out["tool_calls"] = detail::function_calls(message.tool_calls);
    return out;
}

void add_sampling(json::object& body, const Request& request, bool local_extras) {
    const auto& sampling = request.sampling;
    body["temperature"] = sampling.temperature;
    if (sampling.top_p) body["top_p"] = *sampling.top_p;
    if (sampling.seed) body["seed"] = *sampling.seed;
    if (local_extras && sampling.repeat_penalty) body["repeat_penalty"] = *sampling.repeat_penalty;
    if (request.max_tokens.value > 0) body["max_tokens"] = request.max_tokens.value;
    if (request.candidates > 1) body["n"] = request.candidates;
    if (!request.stop.empty()) body["stop"] = detail::text_list(request.stop);
}

// Tools stay declared, so that the prompt begins as it did before, but are not to be called.
void add_answer_form(json::object& body, const Request& request) {
    if (request.answer_schema.empty()) return;
    auto schema = parse_json(to_valid_utf8(request.answer_schema));
    if (!schema || !schema->is_object()) return;
    body["response_format"] = json::object{
        {"type", "json_schema"},
        {"json_schema", json::object{{"name", "answer"}, {"strict", true}, {"schema", std::move(*schema)}}}};
    if (!request.tools.empty()) body["tool_choice"] = "none";
}

// The template ends the thinking before it begins where it knows how; the engine does where it does not.
void add_thinking(json::object& body, const Request& request) {
    if (!request.thinking_budget) return;
    const auto budget = std::max<std::int64_t>(request.thinking_budget->value, 0);
    body["reasoning_budget_tokens"] = budget;
    if (!request.thinking_end.empty()) body["reasoning_budget_message"] = text_value(request.thinking_end);
    if (budget == 0) body["chat_template_kwargs"] = json::object{{"enable_thinking", false}};
}

}  // namespace

std::string encode_openai_request(const Request& request, const OpenAiEndpoint& endpoint) {
    json::object body;
    const auto& model = request.model.empty() ? endpoint.model : request.model;
    if (!model.empty()) body["model"] = text_value(model);
    json::array messages;
    for (const auto& message : request.messages)
        messages.push_back(message_value(message, endpoint.local_extras));
    body["messages"] = std::move(messages);
    if (!request.tools.empty()) body["tools"] = detail::function_tools(request.tools);
    add_answer_form(body, request);
    add_sampling(body, request, endpoint.local_extras);
    body["stream"] = true;
    body["stream_options"] = json::object{{"include_usage", true}};
    if (endpoint.local_extras) {
        if (!request.grammar.empty()) body["grammar"] = text_value(request.grammar);
        add_thinking(body, request);
        body["cache_prompt"] = true;
        body["return_progress"] = true;
        body["timings_per_token"] = true;  // so that a stream that is stopped early has exact counts too
    }
    return json::serialize(body);
}

}  // namespace hearth::chat
