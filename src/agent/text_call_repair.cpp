#include "agent/text_call_repair.h"

#include <utility>

#include "chat/text_calls.h"

namespace hearth::agent {

TextCallRepair::TextCallRepair(const ToolBox& tools) {
    for (const auto& tool : tools)
        tools_.push_back(tool->description());
}

Status TextCallRepair::on_answer(chat::Message& answer) {
    if (!answer.tool_calls.empty()) return {};
    auto found = chat::find_text_calls(answer.text, tools_, false);
    if (found.calls.empty()) return {};
    answer.text = std::move(found.before);
    answer.tool_calls = std::move(found.calls);
    return {};
}

}  // namespace hearth::agent
