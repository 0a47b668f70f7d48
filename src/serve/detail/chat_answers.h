#pragma once
#include <string>

#include "chat/message.h"
#include "guard/ledger.h"
#include "serve/chat_call.h"

namespace hearth::serve::detail {

// The requests and answers of a call that asks for several. All pure.
//
// Several answers are asked for one after another: the engine takes no more at once than it has slots, others have a right to theirs, and
// its counts for several are those of one. The prompt comes from the cache from the second on.
[[nodiscard]] std::string body_of_answer(const ChatCall& call, int answer);

// Answers to one prompt share its tokens.
void add_to(chat::Reply& all, chat::Reply one, bool same_prompt);

// Whether it is a piece of what the model says, in words, in thought or by a call.
[[nodiscard]] bool is_of_answer(const chat::Event& event);

// vLLM ends a call that was asked for by name with "stop".
[[nodiscard]] chat::Reply with_call_reasons(chat::Reply reply);

[[nodiscard]] guard::EndReason end_of(const chat::Reply& reply);

}  // namespace hearth::serve::detail
