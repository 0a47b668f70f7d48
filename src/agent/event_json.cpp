#include "agent/event_json.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "agent/detail/message_json.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

json::string text_of(std::string_view text) { return json::string(to_valid_utf8(text)); }

std::string joined(const std::vector<std::string>& values) { return "[" + join(values, ",") + "]"; }

json::array texts(const std::vector<std::string>& values) {
    json::array out;
    for (const auto& each : values)
        out.emplace_back(text_of(each));
    return out;
}

json::object call_head(std::string_view type, const chat::ToolCall& call) {
    return {{"type", type},
            {"toolCallId", text_of(call.id)},
            {"toolName", text_of(call.name)},
            {"args", detail::arguments_value(call.arguments)}};
}

json::array content_of(std::string_view text) {
    return {json::object{{"type", "text"}, {"text", text_of(text)}}};
}

// One overload an event; those that the answer's stream is made of are in EventWriter.
struct Line {
    std::string operator()(const AgentStarted& /*event*/) const { return R"({"type":"agent_start"})"; }

    std::string operator()(const AgentEnded& event) const {
        return fmt::format(R"({{"type":"agent_end","messages":{},"willRetry":{}}})", joined(event.messages),
                           event.will_retry);
    }

    std::string operator()(const AgentSettled& event) const {
        return fmt::format(R"({{"type":"agent_settled","aborted":{}}})", event.aborted);
    }

    std::string operator()(const TurnBegan& /*event*/) const { return R"({"type":"turn_start"})"; }

    std::string operator()(const TurnEnded& event) const {
        return fmt::format(R"({{"type":"turn_end","message":{},"toolResults":{}}})", event.message,
                           joined(event.results));
    }

    std::string operator()(const MessageBegan& event) const {
        return fmt::format(R"({{"type":"message_start","message":{}}})", event.message);
    }

    std::string operator()(const MessagePiece& /*event*/) const { return {}; }

    std::string operator()(const MessageEnded& event) const {
        return fmt::format(R"({{"type":"message_end","message":{}}})", event.message);
    }

    std::string operator()(const ToolBegan& event) const {
        return json::serialize(call_head("tool_execution_start", event.call));
    }

    std::string operator()(const ToolOutput& event) const {
        auto object = call_head("tool_execution_update", event.call);
        if (event.text.empty()) {
            object["partialResult"] = json::object{{"content", json::array()}};
        } else {
            object["partialResult"] =
                json::object{{"content", content_of(event.text)}, {"details", json::object()}};
        }
        return json::serialize(object);
    }

    std::string operator()(const ToolEnded& event) const {
        auto object = call_head("tool_execution_end", event.call);
        object.erase("args");
        auto content = content_of(event.text);
        for (const auto& image : event.images)
            content.push_back(detail::image_block(image));
        json::object result{{"content", std::move(content)}};
        if (!event.details.empty()) {
            if (auto details = parse_json(event.details)) result["details"] = *std::move(details);
        }
        object["result"] = std::move(result);
        object["isError"] = event.is_error;
        if (event.duration_ms >= 0) object["durationMs"] = event.duration_ms;
        return json::serialize(object);
    }

    std::string operator()(const QueueChanged& event) const {
        return json::serialize(json::object{{"type", "queue_update"},
                                            {"steering", texts(event.steering)},
                                            {"followUp", texts(event.follow_ups)}});
    }

    std::string operator()(const EntryAppended& event) const {
        return fmt::format(R"({{"type":"entry_appended","entry":{}}})", event.entry);
    }

    std::string operator()(const NameChanged& event) const {
        return fmt::format(R"({{"type":"session_info_changed","name":{}}})", json_quote(event.name));
    }

    std::string operator()(const ThinkingChanged& event) const {
        return fmt::format(R"({{"type":"thinking_level_changed","level":"{}"}})", event.level);
    }

    std::string operator()(const CompactionBegan& event) const {
        return fmt::format(R"({{"type":"compaction_start","reason":{}}})", json_quote(event.reason));
    }

    std::string operator()(const CompactionEnded& event) const {
        auto line = fmt::format(R"({{"type":"compaction_end","reason":{})", json_quote(event.reason));
        if (!event.result.empty()) line += fmt::format(R"(,"result":{})", event.result);
        line += fmt::format(R"(,"aborted":{},"willRetry":{})", event.aborted, event.will_retry);
        if (!event.error.empty()) line += fmt::format(R"(,"errorMessage":{})", json_quote(event.error));
        return line + "}";
    }

    std::string operator()(const RetryBegan& event) const {
        return fmt::format(
            R"({{"type":"auto_retry_start","attempt":{},"maxAttempts":{},"delayMs":{},"errorMessage":{}}})",
            event.attempt, event.max_attempts, event.delay_ms, json_quote(event.error));
    }

    std::string operator()(const RetryEnded& event) const {
        auto line = fmt::format(R"({{"type":"auto_retry_end","success":{},"attempt":{})", event.success,
                                event.attempt);
        if (!event.final_error.empty())
            line += fmt::format(R"(,"finalError":{})", json_quote(event.final_error));
        return line + "}";
    }
};

}  // namespace

void EventWriter::write(const RunEvent& event) {
    if (const auto* began = std::get_if<MessageBegan>(&event); began != nullptr) blocks_.clear();
    if (const auto* piece_event = std::get_if<MessagePiece>(&event)) return piece(piece_event->piece);
    if (const auto* ended = std::get_if<MessageEnded>(&event); ended != nullptr && ended->answer != nullptr)
        finish(*ended->answer);
    lines_(std::visit(Line(), event));
}

void EventWriter::piece(const chat::Event& event) {
    if (const auto* text = std::get_if<chat::TextDelta>(&event)) {
        if (text->candidate == 0 && !text->text.empty()) grow(Kind::kText, 0, nullptr, text->text);
    } else if (const auto* thought = std::get_if<chat::ReasoningDelta>(&event)) {
        if (thought->candidate == 0 && !thought->text.empty())
            grow(Kind::kThinking, 0, nullptr, thought->text);
    } else if (const auto* call = std::get_if<chat::ToolCallDelta>(&event)) {
        if (call->candidate == 0) grow(Kind::kCall, call->index, call, call->arguments);
    }
}

void EventWriter::grow(Kind kind, int call, const chat::ToolCallDelta* head, const std::string& text) {
    const auto found = std::find_if(blocks_.begin(), blocks_.end(), [&](const Block& block) {
        return block.kind == kind && block.call == call;
    });
    const auto index = static_cast<std::size_t>(found - blocks_.begin());
    if (found == blocks_.end()) {
        Block block{.kind = kind, .call = call};
        if (head != nullptr) block.head = {head->id, head->name, ""};
        blocks_.push_back(std::move(block));
        const auto& begun = blocks_.back();
        if (kind == Kind::kCall) {
            update(fmt::format(R"("type":"toolcall_start","contentIndex":{},"id":{},"toolName":{})", index,
                               json_quote(begun.head.id), json_quote(begun.head.name)));
        } else {
            update(fmt::format(R"("type":"{}_start","contentIndex":{})",
                               kind == Kind::kText ? "text" : "thinking", index));
        }
    }
    if (text.empty()) return;
    constexpr std::string_view kNames[] = {"text_delta", "thinking_delta", "toolcall_delta"};
    update(fmt::format(R"("type":"{}","contentIndex":{},"delta":{})", kNames[static_cast<int>(kind)], index,
                       json_quote(text)));
}

// The end of a block has what the finished answer says of it.
void EventWriter::close(std::size_t index, const chat::Message& answer) {
    const auto& block = blocks_[index];
    if (block.kind != Kind::kCall) {
        const bool text = block.kind == Kind::kText;
        update(fmt::format(R"("type":"{}_end","contentIndex":{},"content":{})", text ? "text" : "thinking",
                           index, json_quote(text ? answer.text : answer.reasoning)));
        return;
    }
    if (static_cast<std::size_t>(block.call) >= answer.tool_calls.size()) return;  // it broke off
    const auto& call = answer.tool_calls[static_cast<std::size_t>(block.call)];
    const json::object value{{"type", "toolCall"},
                             {"id", text_of(call.id)},
                             {"name", text_of(call.name)},
                             {"arguments", detail::arguments_value(call.arguments)}};
    update(fmt::format(R"("type":"toolcall_end","contentIndex":{},"toolCall":{})", index,
                       json::serialize(value)));
}

void EventWriter::finish(const chat::Message& answer) {
    const auto streamed = std::count_if(blocks_.begin(), blocks_.end(),
                                        [](const Block& block) { return block.kind == Kind::kCall; });
    for (auto n = static_cast<std::size_t>(streamed); n < answer.tool_calls.size(); ++n) {
        const auto& call = answer.tool_calls[n];
        const chat::ToolCallDelta head{0, static_cast<int>(n), call.id, call.name, ""};
        grow(Kind::kCall, static_cast<int>(n), &head, call.arguments);
    }
    for (std::size_t index = 0; index < blocks_.size(); ++index)
        close(index, answer);
    blocks_.clear();
}

void EventWriter::update(std::string_view fields) {
    // Counts are known at the end of an answer; its message has them.
    static const std::string usage = json::serialize(detail::encode_usage({}));
    lines_(fmt::format(R"({{"type":"message_update","usage":{},"assistantMessageEvent":{{{}}}}})", usage,
                       fields));
}

}  // namespace hearth::agent
