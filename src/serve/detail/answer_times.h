#pragma once
#include "chat/message.h"
#include "engine/answer_meter.h"
#include "serve/chat_call.h"

namespace hearth::serve::detail {

// What an answer of a child says about its speed. Where the engine did something else besides, only the counts are told: several answers came one
// after another, or a grammar took the processor's time as well. Pure.
[[nodiscard]] engine::AnswerTimes answer_times(const ChatCall& call, const chat::Reply& reply);

}  // namespace hearth::serve::detail
