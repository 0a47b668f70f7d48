#include "agent/context.h"

namespace hearth::agent {

std::vector<chat::Message> build_context(const std::vector<chat::Message>& log, CallForm form) {
    std::vector<chat::Message> messages;
    for (const auto& each : log) {
        chat::Message message = each;
        if (form == CallForm::kText) {
            message.tool_calls.clear();
            message.tool_call_id.clear();
            if (message.role == chat::Role::kTool) message.role = chat::Role::kUser;
        }
        // Templates want user and assistant in turn: the results of one batch make one message, and so do a result and
        // the next prompt.
        if (message.role == chat::Role::kUser && !messages.empty() &&
            messages.back().role == chat::Role::kUser) {
            auto& before = messages.back();
            before.text += "\n\n" + message.text;
            before.images.insert(before.images.end(), message.images.begin(), message.images.end());
            continue;
        }
        messages.push_back(std::move(message));
    }
    return messages;
}

}  // namespace hearth::agent
