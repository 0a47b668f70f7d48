#pragma once
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "net/sse.h"

// What holds for every stream of a dialect, whatever the engine said: the order of its events, its numbers and its last word. Each function
// says which rule a complete stream breaks, nothing when it keeps all.
// Sources: docs.anthropic.com, "Streaming Messages"; platform.openai.com, "Responses streaming events" and "The chat completion chunk object";
// Ollama's docs/api.md.
namespace hearth::serve::rules {

using Broken = std::optional<std::string>;

struct Event {
    std::string name;
    json::value data;
};

inline std::string text_at(const json::value& value, std::string_view name) {
    return std::string(string_member(value, name).value_or(""));
}

// The events of a text/event-stream, or what is none of it.
inline Result<std::vector<Event>> events_of(std::string_view stream) {
    if (!is_valid_utf8(stream)) return Error(Code::kCorrupt, "it is no UTF-8");
    if (!stream.empty() && !stream.ends_with("\n\n")) return Error(Code::kCorrupt, "its last event is open");
    std::vector<Event> events;
    Status read;
    net::SseParser parser;
    TRY(parser.feed(stream, [&](const net::SseEvent& event) {
        if (event.data == "[DONE]") {
            events.push_back({.name = "[DONE]", .data = {}});
            return;
        }
        auto value = parse_json(event.data, {.max_bytes = std::size_t{256} << 20U, .max_depth = 200});
        if (value)
            events.push_back({.name = event.event, .data = *std::move(value)});
        else if (read)
            read = value.error();
    }));
    TRY(read);
    return events;
}

// Whether the engine's own chunks, which pass as they are, are held to the rules as well.
enum class EngineChunks : std::uint8_t { kHeld, kFree };

// Chunks of one id, then the counts where they are wanted, then the mark; or an error as the last word.
inline Broken openai_chunks(std::string_view stream, EngineChunks chunks) {
    const auto events = events_of(stream);
    if (!events) return events.error().message();
    if (events->empty()) return "it is empty";
    const Event& last = events->back();
    const auto has_error = [](const Event& event) {
        const auto* error = member(event.data, "error");
        return error != nullptr && !error->is_null();
    };
    const bool failed = has_error(last);
    if (!failed && last.name != "[DONE]") return "it ends without its mark";
    std::string id;
    for (std::size_t i = 0; i + 1 < events->size(); ++i) {
        const Event& event = events->at(i);
        if (event.name == "[DONE]") return "it goes on behind its mark";
        if (has_error(event)) return "it goes on behind an error";
        const auto* choices = array_member(event.data, "choices");
        if (choices == nullptr) return "a chunk has no choices";
        if (chunks == EngineChunks::kFree) continue;
        if (choices->empty() && i + 2 != events->size()) return "its counts are not before its mark";
        const auto own = text_at(event.data, "id");
        if (!std::exchange(id, own).empty() && id != own) return "its chunks have several ids";
    }
    return {};
}

inline Broken openai(std::string_view stream) { return openai_chunks(stream, EngineChunks::kHeld); }

class AnthropicRules {
public:
    Broken take(const Event& event) {
        const auto type = text_at(event.data, "type");
        if (type != event.name) return fmt::format("{} is called {}", type, event.name);
        if (ended_) return type + " behind the end";
        if (type == "ping") return {};
        if (type == "error") {
            ended_ = true;
            return {};
        }
        if (type == "message_start") {
            if (std::exchange(begun_, true)) return "it begins twice";
            return {};
        }
        if (!begun_) return type + " before message_start";
        if (type == "message_delta") return take_reason(event);
        if (type == "message_stop") {
            ended_ = true;
            return reason_.empty() ? Broken("it ends without a reason") : Broken();
        }
        if (!reason_.empty()) return type + " behind the reason";
        if (integer_member(event.data, "index") != index_) return type + " of another block";
        return take_block(type, event.data);
    }

    [[nodiscard]] bool ended() const { return ended_; }

private:
    Broken take_reason(const Event& event) {
        if (!block_.empty()) return "the reason comes in the middle of a block";
        reason_ = text_at(event.data.at("delta"), "stop_reason");
        constexpr std::array kReasons = {"end_turn", "max_tokens", "stop_sequence", "tool_use"};
        if (std::ranges::find(kReasons, reason_) == kReasons.end()) return "no known reason: " + reason_;
        const bool named = event.data.at_pointer("/delta/stop_sequence").is_string();
        if (named != (reason_ == "stop_sequence")) return "stop_sequence does not fit the reason";
        for (const auto* name : {"input_tokens", "output_tokens", "cache_read_input_tokens"})
            if (!integer_member(event.data.at("usage"), name)) return std::string("usage lacks ") + name;
        if ((reason_ == "tool_use") != called_) return "tool_use does not fit the blocks";
        return {};
    }

    Broken take_block(const std::string& type, const json::value& data) {
        if (type == "content_block_start") {
            if (!block_.empty()) return "two blocks are open";
            block_ = text_at(data.at("content_block"), "type");
            called_ = called_ || block_ == "tool_use";
            if (block_ == "tool_use" && text_at(data.at("content_block"), "name").empty())
                return "a call has no name";
            return {};
        }
        if (block_.empty()) return type + " without a block";
        if (type == "content_block_stop") {
            block_.clear();
            ++index_;
            return {};
        }
        const auto delta = text_at(data.at("delta"), "type");
        const bool fits = (block_ == "text" && delta == "text_delta") ||
                          (block_ == "tool_use" && delta == "input_json_delta") ||
                          (block_ == "thinking" && (delta == "thinking_delta" || delta == "signature_delta"));
        return fits ? Broken() : delta + " in a block of " + block_;
    }

    bool begun_ = false;
    bool ended_ = false;
    bool called_ = false;
    std::int64_t index_ = 0;
    std::string block_;
    std::string reason_;
};

// Lines until one that is done or an error.
class OllamaRules {
public:
    Broken take(std::string_view line) {
        if (ended_) return "it goes on behind its end";
        const auto value = parse_json(line, {.max_bytes = std::size_t{256} << 20U, .max_depth = 200});
        if (!value) return value.error().message();
        if (member(*value, "error") != nullptr) {
            ended_ = true;
            return {};
        }
        if (text_at(*value, "created_at").empty()) return "a line has no time";
        const auto* message = member(*value, "message");
        if (message == nullptr) return "a line has no message";
        if (const auto* calls = array_member(*message, "tool_calls"))
            for (const auto& call : *calls)
                if (!call.at_pointer("/function/arguments").is_object()) return "arguments are no object";
        ended_ = bool_member(*value, "done").value_or(false);
        return ended_ ? take_end(*value) : Broken();
    }

    [[nodiscard]] bool ended() const { return ended_; }

private:
    static Broken take_end(const json::value& line) {
        const auto reason = text_at(line, "done_reason");
        if (reason != "stop" && reason != "length") return "no known reason: " + reason;
        for (const auto* name : {"total_duration", "prompt_eval_count", "eval_count", "eval_duration"})
            if (!integer_member(line, name)) return std::string("the last line lacks ") + name;
        return {};
    }

    bool ended_ = false;
};

inline Broken ollama(std::string_view stream) {
    if (!stream.ends_with("\n")) return "its last line is open";
    OllamaRules rules;
    for (const auto line : split_lines(stream)) {
        if (line.empty()) continue;
        if (auto broken = rules.take(line)) return broken;
    }
    return rules.ended() ? Broken() : Broken("it has no end");
}

// Events are numbered without a gap; each item opens once and closes once in its place; the last event has the items that closed.
class ResponsesRules {
public:
    Broken take(const Event& event) {
        const auto& [name, data] = event;
        if (ended_) return name + " behind the end";
        if (integer_member(data, "sequence_number") != number_) return name + " has not the next number";
        if (text_at(data, "type") != name) return name + " is called otherwise inside";
        if (number_ == 0 && name != "response.created") return "it begins with " + name;
        if (number_ == 1 && name != "response.in_progress") return "its second event is " + name;
        ++number_;
        if (auto broken = take_item(event)) return broken;
        constexpr std::array kEnds = {"response.completed", "response.incomplete", "response.failed"};
        ended_ = std::ranges::find(kEnds, name) != kEnds.end();
        return ended_ ? take_end(event) : Broken();
    }

    [[nodiscard]] bool ended() const { return ended_; }

private:
    Broken take_item(const Event& event) {
        const auto& [name, data] = event;
        const auto index = integer_member(data, "output_index");
        if (index && !std::cmp_equal(*index, items_.size())) return name + " is of another item";
        if (index && !open_ && name != "response.output_item.added") return name + " without an item";
        if (name == "response.output_item.added" && std::exchange(open_, true)) return "two items are open";
        if (name != "response.output_item.done") return {};
        open_ = false;
        items_.push_back(data.at("item"));
        return {};
    }

    [[nodiscard]] Broken take_end(const Event& event) const {
        const auto& response = event.data.at("response");
        if (open_) return "it ends in the middle of an item";
        if (response.at("output") != json::value(items_)) return "the last event has other items";
        if (event.name != "response." + text_at(response, "status")) return "its state is another";
        return {};
    }

    std::int64_t number_ = 0;
    json::array items_;
    bool open_ = false;
    bool ended_ = false;
};

// Whether the events of a stream keep the rules of a dialect whose last event says that it is the last.
template <typename Rules>
Broken kept_by(std::string_view stream) {
    const auto events = events_of(stream);
    if (!events) return events.error().message();
    Rules rules;
    for (const Event& event : *events)
        if (auto broken = rules.take(event)) return broken;
    return rules.ended() ? Broken() : Broken("it has no end");
}

inline Broken anthropic(std::string_view stream) { return kept_by<AnthropicRules>(stream); }

inline Broken responses(std::string_view stream) { return kept_by<ResponsesRules>(stream); }

}  // namespace hearth::serve::rules
