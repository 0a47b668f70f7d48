#include "remote/request_body.h"

#include <algorithm>
#include <array>
#include <vector>

#include <boost/json.hpp>

namespace hearth::remote {
namespace {

using std::string_view_literals::operator""sv;

// Source: platform.openai.com/docs/api-reference, "Create chat completion" and "Create completion". "n" is asked for one by one here.
constexpr std::array kChatFields = {"audio"sv,
                                    "frequency_penalty"sv,
                                    "logit_bias"sv,
                                    "logprobs"sv,
                                    "max_tokens"sv,
                                    "messages"sv,
                                    "metadata"sv,
                                    "modalities"sv,
                                    "model"sv,
                                    "parallel_tool_calls"sv,
                                    "prediction"sv,
                                    "presence_penalty"sv,
                                    "prompt_cache_key"sv,
                                    "reasoning_effort"sv,
                                    "response_format"sv,
                                    "safety_identifier"sv,
                                    "seed"sv,
                                    "service_tier"sv,
                                    "stop"sv,
                                    "store"sv,
                                    "stream"sv,
                                    "stream_options"sv,
                                    "temperature"sv,
                                    "tool_choice"sv,
                                    "tools"sv,
                                    "top_logprobs"sv,
                                    "top_p"sv,
                                    "user"sv,
                                    "verbosity"sv,
                                    "web_search_options"sv};
constexpr std::array kTextFields = {
    "frequency_penalty"sv, "logit_bias"sv, "logprobs"sv,    "max_tokens"sv, "model"sv,
    "presence_penalty"sv,  "prompt"sv,     "seed"sv,        "stop"sv,       "stream"sv,
    "stream_options"sv,    "suffix"sv,     "temperature"sv, "top_p"sv,      "user"sv};
// Source: docs.vllm.ai, "OpenAI-Compatible Server", extra parameters; SGLang has the same names for them.
constexpr std::array kVllmFields = {"allowed_token_ids"sv,
                                    "bad_words"sv,
                                    "chat_template_kwargs"sv,
                                    "continue_final_message"sv,
                                    "ignore_eos"sv,
                                    "length_penalty"sv,
                                    "min_p"sv,
                                    "min_tokens"sv,
                                    "priority"sv,
                                    "repetition_penalty"sv,
                                    "stop_token_ids"sv,
                                    "structured_outputs"sv,
                                    "top_k"sv};

bool keeps(Kind kind, bool chat, std::string_view field) {
    const bool known = chat ? std::ranges::find(kChatFields, field) != kChatFields.end()
                            : std::ranges::find(kTextFields, field) != kTextFields.end();
    return known || (kind == Kind::kVllm && std::ranges::find(kVllmFields, field) != kVllmFields.end());
}

// What a model thought before, in llama-server's field: the OpenAI API knows none and refuses it.
void drop_reasoning(json::object& body) {
    auto* messages = body.if_contains("messages");
    if (messages == nullptr || !messages->is_array()) return;
    for (auto& message : messages->get_array())
        if (message.is_object()) message.get_object().erase("reasoning_content");
}

void reduce(Kind kind, bool chat, json::object& body) {
    if (kind == Kind::kVllm)
        if (const auto* penalty = body.if_contains("repeat_penalty")) {
            const json::value value = *penalty;
            body["repetition_penalty"] = value;
        }
    std::vector<std::string> foreign;
    for (const auto& member : body)
        if (!keeps(kind, chat, member.key())) foreign.emplace_back(member.key());
    for (const std::string& name : foreign)
        body.erase(name);
    if (chat && kind == Kind::kOpenAi) drop_reasoning(body);
}

Result<json::value> object_of(std::string_view body) {
    auto value = TRY(parse_json(body, {.max_bytes = std::size_t{256} << 20U}));
    if (!value.is_object()) return Error(Code::kInvalidInput, "the body must be a JSON object");
    return value;
}

}  // namespace

Result<std::string> request_body(const Recipient& recipient, std::string_view route, std::string_view body) {
    json::value value = TRY(object_of(body));
    json::object& object = value.get_object();
    object["model"] = recipient.model;
    const bool chat = route == "/v1/chat/completions";
    const bool reduced = recipient.kind == Kind::kOpenAi || recipient.kind == Kind::kVllm;
    if (reduced && (chat || route == "/v1/completions")) reduce(recipient.kind, chat, object);
    if (const auto* limit = object.if_contains("max_tokens"); limit != nullptr && recipient.newer_limit) {
        const json::value tokens = *limit;
        object.erase("max_tokens");
        object["max_completion_tokens"] = tokens;
    }
    return json::serialize(value);
}

Result<std::string> with_forced_tool(std::string_view body) {
    json::value value = TRY(object_of(body));
    json::object& object = value.get_object();
    const auto* tools = array_member(value, "tools");
    const auto* function =
        tools != nullptr && tools->size() == 1 ? member(tools->front(), "function") : nullptr;
    const auto name = function == nullptr ? std::nullopt : string_member(*function, "name");
    if (name)
        object["tool_choice"] =
            json::object{{"type", "function"}, {"function", json::object{{"name", std::string(*name)}}}};
    else
        object["tool_choice"] = "required";
    return json::serialize(value);
}

Result<std::string> with_suffix(std::string_view body, std::string_view suffix) {
    json::value value = TRY(object_of(body));
    value.get_object()["suffix"] = suffix;
    return json::serialize(value);
}

std::string renamed_chunk(std::string_view chunk, std::string_view model, int index) {
    auto value = parse_json(chunk);
    if (!value || !value->is_object()) return std::string(chunk);
    json::object& object = value->get_object();
    if (object.contains("model")) object["model"] = model;
    auto* choices = object.if_contains("choices");
    if (choices != nullptr && choices->is_array())
        for (auto& choice : choices->get_array())
            if (choice.is_object() && index > 0) choice.get_object()["index"] = index;
    return json::serialize(*value);
}

}  // namespace hearth::remote
