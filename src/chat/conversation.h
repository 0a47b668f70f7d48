#pragma once
#include <stop_token>
#include <string>
#include <vector>

#include "chat/provider.h"

namespace hearth::chat {

// A talk of several turns with one model. What was sent is never edited, only added to, so that an engine takes all
// of the earlier turns from its cache.
// Threads: one owner.
class Conversation {
public:
    // `settings` is the request of every turn; its messages come first in each (a system prompt).
    explicit Conversation(Request settings);

    // Sends the question after all that was said and keeps it with the answer. When the answer breaks off (stop
    // request, failure) what had come of it is kept; a question of which nothing came back is forgotten.
    // Errors: as Provider::stream.
    [[nodiscard]] Result<Reply> ask(Provider& provider, std::string question, const EventSink& sink,
                                    std::stop_token stop);

    // Forgets every turn; the settings stay.
    void clear();

    // All messages that the next question will follow.
    [[nodiscard]] const std::vector<Message>& messages() const { return request_.messages; }

private:
    Request request_;
    std::size_t opening_;  // messages of the settings
};

}  // namespace hearth::chat
