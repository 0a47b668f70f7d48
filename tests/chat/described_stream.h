#pragma once
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

#include "chat/message.h"
#include "core/json.h"

// What decoders of streams tell and answer, as text for golden files.
namespace hearth::chat {

struct DescribeEvent {
    std::string operator()(const TextDelta& e) const {
        return fmt::format("text {} {}", e.candidate, json_quote(e.text));
    }

    std::string operator()(const ReasoningDelta& e) const {
        return fmt::format("reasoning {} {}", e.candidate, json_quote(e.text));
    }

    std::string operator()(const ToolCallDelta& e) const {
        return fmt::format("call {} {} {} {} {}", e.candidate, e.index, json_quote(e.id), json_quote(e.name),
                           json_quote(e.arguments));
    }

    std::string operator()(const CandidateDone& e) const {
        return fmt::format("done {} {}", e.candidate, stop_reason_name(e.reason));
    }

    std::string operator()(const PromptProgress& e) const {
        return fmt::format("progress {} of {}", e.done.value, e.total.value);
    }
};

inline std::string describe_answers(const Reply& reply) {
    std::string out;
    for (std::size_t i = 0; i < reply.answers.size(); ++i) {
        const Message& message = reply.answers[i].message;
        const StopReason reason = reply.answers[i].reason;
        out += fmt::format("answer {} {} {}\n", i, stop_reason_name(reason), json_quote(message.text));
        if (!message.reasoning.empty()) out += fmt::format("  thought {}\n", json_quote(message.reasoning));
        for (const auto& call : message.tool_calls) {
            out += fmt::format("  called {} {} {}\n", call.id, call.name, json_quote(call.arguments));
        }
    }
    return out;
}

inline std::vector<std::string_view> cut_into(std::string_view bytes, std::size_t size) {
    std::vector<std::string_view> pieces;
    for (; bytes.size() > size; bytes.remove_prefix(size))
        pieces.push_back(bytes.substr(0, size));
    pieces.push_back(bytes);
    return pieces;
}

}  // namespace hearth::chat
