#include "chat/conversation.h"

#include <utility>
#include <variant>

namespace hearth::chat {

Conversation::Conversation(Request settings)
    : request_(std::move(settings)), opening_(request_.messages.size()) {
    request_.candidates = 1;
}

Result<Reply> Conversation::ask(Provider& provider, std::string question, const EventSink& sink,
                                std::stop_token stop) {
    request_.messages.push_back({.role = Role::kUser, .text = std::move(question)});
    Message partial{.role = Role::kAssistant};
    const EventSink collect = [&](const Event& event) {
        if (const auto* text = std::get_if<TextDelta>(&event)) partial.text += text->text;
        return !sink || sink(event);
    };
    auto reply = provider.stream(request_, collect, std::move(stop));
    const auto& answer = reply ? reply->answers.front().message : partial;
    if (answer.text.empty()) {
        request_.messages.pop_back();
    } else {
        request_.messages.push_back(answer);
    }
    return reply;
}

void Conversation::clear() { request_.messages.resize(opening_); }

}  // namespace hearth::chat
