#include "scaffold/file_replies.h"

#include "core/json.h"

namespace hearth::scaffold {

Status FileReplies::on_answer(chat::Message& answer) {
    const auto edits = edits_from_answer(answer.text, bench_.project(), bench_.current_target);
    if (!edits) return {};  // an answer in words: the loop ends with it
    for (const auto& edit : *edits) {
        chat::ToolCall call;
        call.name = "write";
        call.arguments =
            "{\"path\":" + json_quote(edit.path) + ",\"content\":" + json_quote(edit.content) + "}";
        answer.tool_calls.push_back(std::move(call));
    }
    return {};
}

Result<agent::Verdict> FileReplies::after_tools(std::string& /*feedback*/, std::stop_token stop) {
    if (bench_.has_tests()) return agent::Verdict::kGoOn;  // the test loop judges
    TRY(bench_.refresh(stop));
    return agent::Verdict::kReached;
}

}  // namespace hearth::scaffold
