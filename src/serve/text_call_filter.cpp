#include "serve/text_call_filter.h"

#include <utility>

#include <boost/json.hpp>

#include "chat/text_calls.h"
#include "core/ids.h"
#include "core/json.h"

namespace hearth::serve {
namespace {

// The chunk with another delta, in the middle of the answer.
std::string made_chunk(const json::value& like, json::object delta) {
    json::object chunk = like.get_object();
    chunk.erase("usage");
    chunk.erase("timings");
    json::object choice = chunk["choices"].get_array().front().get_object();
    choice["delta"] = std::move(delta);
    choice["finish_reason"] = nullptr;
    chunk["choices"] = json::array{std::move(choice)};
    return json::serialize(chunk);
}

json::object calls_delta(const std::vector<chat::ToolCall>& calls) {
    json::array list;
    for (const auto& call : calls)
        list.push_back(
            json::object{{"index", list.size()},
                         {"id", "call_" + random_hex(24)},
                         {"type", "function"},
                         {"function", json::object{{"name", call.name}, {"arguments", call.arguments}}}});
    return {{"tool_calls", std::move(list)}};
}

}  // namespace

TextCallFilter::TextCallFilter(std::vector<chat::Tool> tools) : tools_(std::move(tools)) {}

std::vector<std::string> TextCallFilter::pass(const std::string& chunk) {
    if (tools_.empty()) return {chunk};
    auto value = parse_json(chunk);
    const auto* choices = value ? array_member(*value, "choices") : nullptr;
    if (choices == nullptr || choices->size() != 1 || !choices->front().is_object()) return {chunk};
    // at(), because [] may move what the pointers here lead to.
    json::object& choice = value->get_object().at("choices").get_array().front().get_object();
    const auto* delta = choice.if_contains("delta");
    const bool native = delta != nullptr && member(*delta, "tool_calls") != nullptr;
    const auto content = delta == nullptr ? std::nullopt : string_member(*delta, "content");
    const auto reason = string_member(choices->front(), "finish_reason");
    text_ += content.value_or("");
    std::vector<std::string> out;
    if (reason || native) {
        const auto found = native || *reason == "tool_calls"
                               ? chat::TextCalls{.before = text_, .calls = {}}
                               : chat::find_text_calls(text_, tools_, *reason == "length");
        if (found.before.size() > sent_)
            out.push_back(made_chunk(*value, {{"content", found.before.substr(sent_)}}));
        sent_ = text_.size();
        if (native) tools_.clear();  // the engine finds them itself
        if (content && !content->empty()) choice.at("delta").get_object().erase("content");
        if (!found.calls.empty()) {
            out.push_back(made_chunk(*value, calls_delta(found.calls)));
            choice.at("finish_reason") = "tool_calls";
        }
        out.push_back(json::serialize(*value));
        return out;
    }
    const std::size_t before = std::exchange(sent_, chat::certain_text(text_, sent_, tools_));
    const bool all = sent_ == text_.size() && content && before + content->size() == sent_;
    if (!content || content->empty() || all) return {chunk};
    json::object changed = delta->get_object();
    changed["content"] = text_.substr(before, sent_ - before);
    if (sent_ == before && changed.size() == 1) return {};
    choice.at("delta") = std::move(changed);
    return {json::serialize(*value)};
}

}  // namespace hearth::serve
