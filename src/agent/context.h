#pragma once
#include <cstdint>
#include <vector>

#include "chat/message.h"

namespace hearth::agent {

// How a model asks for tools: by the provider's tool calls, or by writing files into code blocks of its text (small
// models do that far more reliably; an extension then makes the calls).
enum class CallForm : std::uint8_t { kTools, kText };

// The messages of a session as the model is to see them. A pure function of the log, and prefix-stable: appending to the
// log only appends to the result (to the text of its last message or behind it). User messages that follow
// each other become one. With CallForm::kText tool calls are left out of the assistant's messages (its text holds them) and tool
// results become user messages.
[[nodiscard]] std::vector<chat::Message> build_context(const std::vector<chat::Message>& log, CallForm form);

}  // namespace hearth::agent
