#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "chat/message.h"
#include "core/result.h"
#include "probe/card.h"
#include "probe/desk.h"
#include "probe/edit_tasks.h"

namespace hearth::probe {

// The request for one answer in a format, as `hearth code` asks: for blocks of code with its form of answers (scaffold/prompt_pack.h), for search
// and replace with the tool `edit`. Pure.
[[nodiscard]] Result<chat::Request> edit_request(const EditTask& task, EditFormat format, double temperature);

// The file after an answer in that format, read as `hearth code` reads it.
// Errors: kInvalidInput and those of agent/edit_text.h when the answer makes no edit.
[[nodiscard]] Result<std::string> edited(const EditTask& task, EditFormat format, const chat::Answer& answer);

// Asks for each task in each format. Formats have equally many answers, also when the time runs out.
// Errors: those of the provider.
[[nodiscard]] Result<std::vector<EditShare>> probe_edits(const Desk& desk);

// The temperatures of the harness, lowest first, each with answers to the first task as a function. Stops when the time runs out.
[[nodiscard]] Result<std::vector<SpreadStep>> probe_spread(const Desk& desk);

}  // namespace hearth::probe
