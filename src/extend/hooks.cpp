#include "extend/hooks.h"

#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/text.h"
#include "extend/content.h"

namespace hearth::extend {
namespace {

constexpr std::chrono::seconds kEvent(30);
constexpr std::size_t kMostExtras = 64;
constexpr std::size_t kMaxExtra = std::size_t{64} << 10U;

std::string event_fields(std::string_view type, std::string_view more) {
    return fmt::format(R"("type":{}{}{})", json_quote(type), more.empty() ? "" : ",", more);
}

// The arguments of a call as JSON of an object; those that are none stand as a text.
std::string input_of(const chat::ToolCall& call) {
    const auto parsed = parse_json(call.arguments);
    return parsed && parsed->is_object() ? json::serialize(*parsed)
                                         : fmt::format(R"({{"text":{}}})", json_quote(call.arguments));
}

std::string call_fields(const chat::ToolCall& call) {
    return fmt::format(R"("toolCallId":{},"toolName":{},"input":{})", json_quote(call.id),
                       json_quote(call.name), input_of(call));
}

// What a changed system prompt says beyond the one that was sent stands behind the prompt: what was sent is never changed.
agent::ExtraMessage behind_system(std::string_view now, std::string_view wanted) {
    auto text =
        wanted.starts_with(now)
            ? std::string(trim(wanted.substr(now.size())))
            : "For this request, these instructions replace those at the beginning:\n" + std::string(wanted);
    return {.custom_type = "hearth.system",
            .content = std::string(utf8_front(text, kMaxExtra)),
            .display = false};
}

void add_extra(const json::value& value, std::vector<agent::ExtraMessage>& out) {
    auto extra = extra_message(value);
    if (extra && out.size() < kMostExtras) out.push_back(*std::move(extra));
}

}  // namespace

std::optional<agent::ExtraMessage> extra_message(const json::value& value) {
    if (!value.is_object()) return std::nullopt;
    agent::ExtraMessage out{
        .custom_type = std::string(utf8_front(string_member(value, "customType").value_or("extension"), 100)),
        .content = std::string(utf8_front(content_text(value), kMaxExtra)),
        .display = bool_member(value, "display").value_or(true)};
    if (const auto* details = member(value, "details")) out.details = json::serialize(*details);
    return out;
}

std::optional<std::string> Hooks::ask(Remote& remote, std::string_view type, std::string_view fields,
                                      const std::stop_token& stop) {
    auto answer = remote.ask("event", event_fields(type, fields), {.limit = kEvent}, stop);
    if (answer) return *std::move(answer);
    if (answer.error().code() != Code::kCancelled) report_(remote, type, answer.error());
    return std::nullopt;
}

Result<std::vector<agent::ExtraMessage>> Hooks::behind_prompt(const std::string& prompt,
                                                              const std::string& system,
                                                              std::stop_token stop) {
    std::vector<agent::ExtraMessage> out;
    {
        const std::scoped_lock lock(mutex_);
        out = std::exchange(next_, {});
    }
    auto now = system;
    for (const auto& remote : remotes_) {
        if (!remote->usable() || !remote->wants("before_agent_start")) continue;
        const auto answer = ask(*remote, "before_agent_start",
                                fmt::format(R"("messageType":"user","prompt":{},"systemPrompt":{})",
                                            json_quote(prompt), json_quote(now)),
                                stop);
        const auto value = answer ? parse_json(*answer) : Result<json::value>(json::value());
        if (!value) continue;
        if (const auto* message = member(*value, "message")) add_extra(*message, out);
        if (const auto* messages = array_member(*value, "messages")) {
            for (const auto& each : *messages)
                add_extra(each, out);
        }
        const auto wanted = string_member(*value, "systemPrompt");
        if (!wanted || *wanted == now) continue;
        out.push_back(behind_system(now, *wanted));
        now = *wanted;
    }
    return out;
}

Result<std::optional<agent::ToolResult>> Hooks::before_tool(chat::ToolCall& call, std::stop_token stop) {
    for (const auto& remote : remotes_) {
        if (!remote->usable() || !remote->wants("tool_call")) continue;
        auto answer =
            remote->ask("event", event_fields("tool_call", call_fields(call)), {.limit = kEvent}, stop);
        if (!answer) {
            const bool stopped = answer.error().code() == Code::kCancelled;
            if (!stopped) report_(*remote, "tool_call", answer.error());
            return std::optional(
                agent::ToolResult{stopped ? std::string("Error: this call was stopped before it began.")
                                          : fmt::format("Error: the extension {}, which decides on calls, "
                                                        "failed: {}. This call was not run.",
                                                        remote->name(), answer.error().message()),
                                  true});
        }
        const auto value = parse_json(*answer);
        if (!value || !value->is_object()) continue;
        if (bool_member(*value, "block").value_or(false)) {
            const auto reason = string_member(*value, "reason").value_or("");
            return std::optional(agent::ToolResult{
                .text = reason.empty() ? fmt::format("Blocked by the extension {}.", remote->name())
                                       : std::string(reason),
                .is_error = true,
                .ends_run = bool_member(*value, "terminate").value_or(false)});
        }
        if (const auto* input = member(*value, "input"); input != nullptr && input->is_object())
            call.arguments = json::serialize(*input);
    }
    return std::optional<agent::ToolResult>();
}

Status Hooks::after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token stop) {
    for (const auto& remote : remotes_) {
        if (!remote->usable() || !remote->wants("tool_result")) continue;
        auto fields = fmt::format(R"({},"content":[{{"type":"text","text":{}}}],"isError":{})",
                                  call_fields(call), json_quote(result.text), result.is_error);
        if (!result.details.empty()) fields += fmt::format(R"(,"details":{})", result.details);
        const auto answer = ask(*remote, "tool_result", fields, stop);
        if (!answer) continue;
        if (auto changed = tool_result(*answer, result)) result = *std::move(changed);
    }
    return {};
}

std::optional<std::string> Hooks::said(std::string text, std::string_view source,
                                       const std::stop_token& stop) {
    for (const auto& remote : remotes_) {
        if (!remote->usable() || !remote->wants("input")) continue;
        const auto answer =
            ask(*remote, "input", fmt::format(R"("text":{},"source":"{}")", json_quote(text), source), stop);
        const auto value = answer ? parse_json(*answer) : Result<json::value>(json::value());
        if (!value) continue;
        const auto action = string_member(*value, "action").value_or("continue");
        if (action == "handled") return std::nullopt;
        if (action == "transform") text = string_member(*value, "text").value_or(text);
    }
    return text;
}

void Hooks::add_next(agent::ExtraMessage message) {
    const std::scoped_lock lock(mutex_);
    next_.push_back(std::move(message));
}

}  // namespace hearth::extend
