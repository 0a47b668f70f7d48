#include "serve/forced_call.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "serve/detail/engine_call.h"

namespace hearth::serve {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{64} << 20U;
constexpr std::int64_t kMostTokens = 2048;  // of a call, where the request sets no limit

Result<json::value> call_schema_value(const json::value& tools) {
    json::array kinds;
    if (tools.is_array())
        for (const auto& tool : tools.get_array()) {
            const auto* function = member(tool, "function");
            const auto name = function == nullptr ? std::nullopt : string_member(*function, "name");
            if (!name) continue;
            const auto* parameters = member(*function, "parameters");
            json::value arguments = json::object{{"type", "object"}};
            if (parameters != nullptr && parameters->is_object()) arguments = *parameters;
            kinds.push_back(json::object{{"type", "object"},
                                         {"properties", json::object{{"name", json::object{{"const", *name}}},
                                                                     {"arguments", std::move(arguments)}}},
                                         {"required", json::array{"name", "arguments"}},
                                         {"additionalProperties", false}});
        }
    if (kinds.empty()) return Error(Code::kInvalidInput, "a tool call is asked for, and no tool has a name");
    if (kinds.size() == 1) return kinds.front();
    return json::object{{"anyOf", std::move(kinds)}};
}

chat::Usage usage_of(const json::value& answer) {
    chat::Usage usage;
    usage.generated_tokens = {integer_member(answer, "tokens_predicted").value_or(0)};
    usage.prompt_tokens = {integer_member(answer, "tokens_evaluated").value_or(0)};
    if (const auto* timings = member(answer, "timings")) {
        usage.cached_tokens = {integer_member(*timings, "cache_n").value_or(0)};
        usage.drafted_tokens = {integer_member(*timings, "draft_n").value_or(0)};
        usage.accepted_tokens = {integer_member(*timings, "draft_n_accepted").value_or(0)};
        usage.prompt_seconds = number_member(*timings, "prompt_ms").value_or(0) / 1000;
        usage.decode_seconds = number_member(*timings, "predicted_ms").value_or(0) / 1000;
    }
    return usage;
}

}  // namespace

Result<std::string> call_schema(std::string_view tools) {
    const json::value value = TRY(parse_json(tools));
    const json::value schema = TRY(call_schema_value(value));
    return json::serialize(schema);
}

net::Task<chat::Reply> forced_call(Engine engine, std::string body) {
    CO_TRY(json::value request, parse_json(body));
    const json::value* tools = member(request, "tools");
    if (tools == nullptr)
        co_return Error(Code::kInvalidInput, "a tool call is asked for, and there are no tools");
    CO_TRY(json::value schema, call_schema_value(*tools));
    CO_TRY(const json::value rendered,
           co_await detail::ask_engine(engine, "/apply-template", body, kMaxAnswer));
    const auto prompt = string_member(rendered, "prompt");
    if (!prompt) co_return Error(Code::kCorrupt, "the engine did not render the prompt");
    json::object completion;
    for (const auto* name : {"temperature", "top_p", "top_k", "min_p", "seed", "repeat_penalty"})
        if (const auto* value = member(request, name)) completion[name] = *value;
    completion["prompt"] = *prompt;
    completion["json_schema"] = std::move(schema);
    completion["n_predict"] = integer_member(request, "max_tokens").value_or(kMostTokens);
    completion["cache_prompt"] = true;
    std::string text = json::serialize(completion);
    CO_TRY(const json::value answer,
           co_await detail::ask_engine(engine, "/completion", std::move(text), kMaxAnswer));
    const auto content = string_member(answer, "content").value_or("");
    const Result<json::value> call = parse_json(content);
    const auto name = call ? string_member(*call, "name") : std::nullopt;
    const json::value* arguments = call ? member(*call, "arguments") : nullptr;
    if (!name || arguments == nullptr)
        co_return Error(Code::kCorrupt,
                        "the tool call was cut off before its end: allow more tokens (max_tokens)");
    chat::Reply reply;
    chat::Answer made;
    made.message.role = chat::Role::kAssistant;
    made.message.tool_calls.push_back({.id = "call_" + random_hex(24),
                                       .name = std::string(*name),
                                       .arguments = json::serialize(*arguments)});
    made.reason = chat::StopReason::kToolCalls;
    reply.answers.push_back(std::move(made));
    reply.usage = usage_of(answer);
    co_return reply;
}

std::string made_chunks(const chat::Reply& reply, ReplyEncoder& encoder, const std::string& model) {
    std::string out;
    const std::string id = "chatcmpl-" + random_hex(24);
    const std::int64_t created = unix_ms_now() / 1000;
    const auto chunk = [&](json::object delta, json::value reason) {
        return json::serialize(json::object{
            {"id", id},
            {"object", "chat.completion.chunk"},
            {"created", created},
            {"model", model},
            {"choices",
             json::array{json::object{
                 {"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(reason)}}}}});
    };
    const auto& message = reply.answers.front().message;
    json::array calls;
    for (std::size_t i = 0; i < message.tool_calls.size(); ++i) {
        const auto& call = message.tool_calls[i];
        calls.push_back(
            json::object{{"index", i},
                         {"id", call.id},
                         {"type", "function"},
                         {"function", json::object{{"name", call.name}, {"arguments", call.arguments}}}});
        out += encoder.event(chat::ToolCallDelta{.candidate = 0,
                                                 .index = static_cast<int>(i),
                                                 .id = call.id,
                                                 .name = call.name,
                                                 .arguments = call.arguments});
    }
    out += encoder.payload(
        chunk({{"role", "assistant"}, {"content", nullptr}, {"tool_calls", std::move(calls)}}, nullptr));
    out += encoder.payload(chunk({}, chat::stop_reason_name(reply.answers.front().reason)));
    return out;
}

}  // namespace hearth::serve
