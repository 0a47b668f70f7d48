#include "agent/detail/message_json.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/text.h"

namespace hearth::agent::detail {
namespace {

json::string text_of(std::string_view text) { return json::string(to_valid_utf8(text)); }

json::object text_block(std::string_view text) { return {{"type", "text"}, {"text", text_of(text)}}; }

json::array text_and_images(const chat::Message& message) {
    json::array content{text_block(message.text)};
    for (const auto& image : message.images)
        content.push_back(image_block(image));
    return content;
}

const char* stop_name(const MessageFacts& facts) {
    if (facts.aborted) return "aborted";
    switch (facts.reason) {
        case chat::StopReason::kStop: return "stop";
        case chat::StopReason::kLength: return "length";
        case chat::StopReason::kToolCalls: return "toolUse";
        case chat::StopReason::kError: return "error";
    }
    return "error";
}

// With tools the form of pi: a prompt in named sections, and what is declared beside it.
json::object system_object(const chat::Message& message, const MessageFacts& facts) {
    if (facts.tools.empty()) return {{"role", "system"}, {"content", text_of(message.text)}};
    json::object out{
        {"role", "system"}, {"content", ""}, {"sections", json::object{{"preamble", text_of(message.text)}}}};
    if (auto tools = parse_json(facts.tools)) out["toolsAdded"] = *std::move(tools);
    return out;
}

// Signed thoughts are blocks of their own, so that each goes back as it came.
json::array thinking_blocks(const chat::Message& message) {
    json::array blocks;
    for (const auto& thought : message.thoughts) {
        json::object block{{"type", "thinking"}, {"thinking", text_of(thought.text)}};
        if (!thought.signature.empty()) block["thinkingSignature"] = text_of(thought.signature);
        if (thought.redacted) block["redacted"] = true;
        blocks.push_back(std::move(block));
    }
    if (blocks.empty() && !message.reasoning.empty())
        blocks.push_back(json::object{{"type", "thinking"}, {"thinking", text_of(message.reasoning)}});
    return blocks;
}

json::object assistant_object(const chat::Message& message, const MessageFacts& facts) {
    json::array content = thinking_blocks(message);
    if (!message.text.empty()) content.push_back(text_block(message.text));
    for (const auto& call : message.tool_calls) {
        json::object block{{"type", "toolCall"},
                           {"id", text_of(call.id)},
                           {"name", text_of(call.name)},
                           {"arguments", arguments_value(call.arguments)}};
        if (!call.signature.empty()) block["thoughtSignature"] = text_of(call.signature);
        content.push_back(std::move(block));
    }
    json::object out{{"role", "assistant"},           {"content", std::move(content)},
                     {"api", text_of(facts.api)},     {"provider", text_of(facts.provider)},
                     {"model", text_of(facts.model)}, {"usage", encode_usage(facts.usage)},
                     {"stopReason", stop_name(facts)}};
    if (!facts.error_message.empty()) out["errorMessage"] = text_of(facts.error_message);
    if (facts.duration_ms >= 0) out["durationMs"] = facts.duration_ms;
    return out;
}

json::object result_object(const chat::Message& message, const MessageFacts& facts) {
    json::object out{{"role", "toolResult"},
                     {"toolCallId", text_of(message.tool_call_id)},
                     {"toolName", text_of(facts.tool_name)},
                     {"content", text_and_images(message)}};
    if (!facts.details.empty()) {
        if (auto details = parse_json(facts.details)) out["details"] = *std::move(details);
    }
    out["isError"] = facts.is_error;
    if (facts.duration_ms >= 0) out["durationMs"] = facts.duration_ms;
    return out;
}

std::string string_or_empty(const json::value& value, std::string_view key) {
    return std::string(string_member(value, key).value_or(""));
}

std::string arguments_text(const json::value* value) {
    if (value == nullptr) return "{}";
    if (const auto raw = string_member(*value, "_raw"); raw && value->as_object().size() == 1)
        return std::string(*raw);
    return json::serialize(*value);
}

void decode_blocks(const json::value& body, chat::Message& message) {
    const auto* blocks = array_member(body, "content");
    if (blocks == nullptr) return;
    for (const auto& block : *blocks) {
        const auto type = string_or_empty(block, "type");
        if (type == "thinking") {
            chat::Thought thought{string_or_empty(block, "thinking"),
                                  string_or_empty(block, "thinkingSignature"),
                                  bool_member(block, "redacted").value_or(false)};
            if (!message.reasoning.empty() && !thought.text.empty()) message.reasoning += "\n\n";
            message.reasoning += thought.text;
            message.thoughts.push_back(std::move(thought));
        } else if (type == "toolCall") {
            message.tool_calls.push_back({string_or_empty(block, "id"), string_or_empty(block, "name"),
                                          arguments_text(member(block, "arguments")),
                                          string_or_empty(block, "thoughtSignature")});
        }
    }
    const bool is_signed = std::ranges::any_of(
        message.thoughts, [](const chat::Thought& each) { return !each.signature.empty(); });
    if (!is_signed) message.thoughts.clear();
}

// A system message is its content and its named sections, in their order; a section that is null is taken away.
std::string system_text(const json::value& body) {
    auto text = content_text(body);
    const auto* sections = member(body, "sections");
    if (sections == nullptr || !sections->is_object()) return text;
    for (const auto& [name, section] : sections->get_object()) {
        if (!section.is_string()) continue;
        if (!text.empty()) text += "\n\n";
        text += std::string_view(section.get_string());
    }
    return text;
}

// A command that a person ran, as a model is told of it.
std::string bash_words(const json::value& body) {
    const auto output = string_or_empty(body, "output");
    auto words = fmt::format("I ran this command: `{}`\n", string_or_empty(body, "command"));
    words += output.empty() ? "It printed nothing."
                            : fmt::format("```\n{}{}```", output, output.ends_with('\n') ? "" : "\n");
    const auto exit_code = integer_member(body, "exitCode").value_or(0);
    if (bool_member(body, "cancelled").value_or(false)) {
        words += "\nIt was stopped before its end.";
    } else if (exit_code != 0) {
        words += fmt::format("\nIt ended with exit status {}.", exit_code);
    }
    return words;
}

// A count that may be added to others.
std::int64_t count_member(const json::value& value, std::string_view key) {
    constexpr std::int64_t kMost = std::int64_t{1} << 40U;
    return std::clamp<std::int64_t>(integer_member(value, key).value_or(0), 0, kMost);
}

chat::Cost decode_cost(const json::value& cost) {
    const auto part = [&](std::string_view key) {
        constexpr double kMost = 1e9;
        return std::clamp(number_member(cost, key).value_or(0), 0.0, kMost);
    };
    return {.input = part("input"),
            .output = part("output"),
            .cache_read = part("cacheRead"),
            .cache_write = part("cacheWrite")};
}

void decode_facts(const json::value& body, MessageFacts& facts) {
    facts.provider = string_member(body, "provider").value_or("hearth");
    facts.model = string_or_empty(body, "model");
    facts.api = string_member(body, "api").value_or("openai-completions");
    facts.tool_name = string_or_empty(body, "toolName");
    facts.is_error = bool_member(body, "isError").value_or(false);
    facts.error_message = string_or_empty(body, "errorMessage");
    facts.duration_ms = integer_member(body, "durationMs").value_or(-1);
    facts.unix_ms = integer_member(body, "timestamp").value_or(0);
    if (const auto* details = member(body, "details")) facts.details = json::serialize(*details);
    if (const auto* tools = member(body, "toolsAdded")) facts.tools = json::serialize(*tools);
    const auto reason = string_or_empty(body, "stopReason");
    if (reason == "length") facts.reason = chat::StopReason::kLength;
    if (reason == "toolUse") facts.reason = chat::StopReason::kToolCalls;
    if (reason == "error" || reason == "aborted") facts.reason = chat::StopReason::kError;
    facts.aborted = reason == "aborted";
    if (const auto* usage = member(body, "usage")) {
        facts.usage.cached_tokens = {count_member(*usage, "cacheRead")};
        facts.usage.written_tokens = {count_member(*usage, "cacheWrite")};
        facts.usage.prompt_tokens = {count_member(*usage, "input") + facts.usage.written_tokens.value +
                                     facts.usage.cached_tokens.value};
        facts.usage.generated_tokens = {count_member(*usage, "output")};
        facts.usage.prompt_seconds = number_member(*usage, "promptSeconds").value_or(0);
        facts.usage.decode_seconds = number_member(*usage, "decodeSeconds").value_or(0);
        if (const auto* cost = member(*usage, "cost")) facts.usage.cost = decode_cost(*cost);
    }
}

}  // namespace

json::value arguments_value(const std::string& text) {
    auto parsed = parse_json(text);
    if (parsed && parsed->is_object()) return *std::move(parsed);
    return json::object{{"_raw", text_of(text)}};
}

json::object encode_cost(const chat::Cost& cost) {
    if (cost.total() <= 0)
        return {{"input", 0}, {"output", 0}, {"cacheRead", 0}, {"cacheWrite", 0}, {"total", 0}};
    return {{"input", cost.input},
            {"output", cost.output},
            {"cacheRead", cost.cache_read},
            {"cacheWrite", cost.cache_write},
            {"total", cost.total()}};
}

json::object encode_usage(const chat::Usage& usage) {
    return {{"input", (usage.prompt_tokens - usage.cached_tokens - usage.written_tokens).value},
            {"output", usage.generated_tokens.value},
            {"cacheRead", usage.cached_tokens.value},
            {"cacheWrite", usage.written_tokens.value},
            {"totalTokens", usage.prompt_tokens.value + usage.generated_tokens.value},
            {"cost", encode_cost(usage.cost)},
            {"promptSeconds", usage.prompt_seconds},
            {"decodeSeconds", usage.decode_seconds}};
}

json::object encode_message(const chat::Message& message, const MessageFacts& facts, std::int64_t unix_ms) {
    json::object out;
    switch (message.role) {
        case chat::Role::kSystem: out = system_object(message, facts); break;
        case chat::Role::kUser: out = {{"role", "user"}, {"content", text_and_images(message)}}; break;
        case chat::Role::kAssistant: out = assistant_object(message, facts); break;
        case chat::Role::kTool: out = result_object(message, facts); break;
    }
    out["timestamp"] = facts.unix_ms > 0 ? facts.unix_ms : unix_ms;
    return out;
}

json::object image_block(const chat::Image& image) {
    return {{"type", "image"}, {"data", text_of(image.data)}, {"mimeType", text_of(image.mime_type)}};
}

chat::Message decode_content(const json::value& holder) {
    chat::Message message;
    if (const auto text = string_member(holder, "content")) message.text = *text;
    const auto* blocks = array_member(holder, "content");
    if (blocks == nullptr) return message;
    for (const auto& block : *blocks) {
        const auto type = string_or_empty(block, "type");
        if (type == "text") message.text += string_or_empty(block, "text");
        if (type != "image") continue;
        if (auto image = chat::parse_image(string_member(block, "data").value_or(""))) {
            message.images.push_back(*std::move(image));
        } else {
            message.text = chat::with_unseen_images(std::move(message.text), 1);
        }
    }
    return message;
}

std::string content_text(const json::value& holder) {
    auto message = decode_content(holder);
    return chat::with_unseen_images(std::move(message.text), message.images.size());
}

void decode_message(const json::value& body, Entry& entry) {
    entry.role = string_or_empty(body, "role");
    chat::Message message;
    if (entry.role == "system") {
        message.role = chat::Role::kSystem;
        message.text = system_text(body);
    } else if (entry.role == "user" || entry.role == "custom" || entry.role == "hookMessage") {
        message = decode_content(body);
    } else if (entry.role == "assistant") {
        message.role = chat::Role::kAssistant;
        message.text = content_text(body);
        decode_blocks(body, message);
    } else if (entry.role == "toolResult") {
        message = decode_content(body);
        message.role = chat::Role::kTool;
        message.tool_call_id = string_or_empty(body, "toolCallId");
    } else if (entry.role == "bashExecution") {
        message.text = bash_words(body);
        entry.hidden = bool_member(body, "excludeFromContext").value_or(false);
    } else if (entry.role == "branchSummary" || entry.role == "compactionSummary") {
        message.text =
            summary_words(entry.role == "branchSummary" ? "a branch that was left" : "the earlier work",
                          string_or_empty(body, "summary"));
    } else {
        return;
    }
    decode_facts(body, entry.facts);
    entry.message = std::move(message);
}

std::string summary_words(std::string_view what, std::string_view summary) {
    return fmt::format("This is a summary of {}:\n<summary>\n{}\n</summary>", what, summary);
}

}  // namespace hearth::agent::detail
