#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "chat/message.h"
#include "core/result.h"
#include "probe/card.h"
#include "probe/desk.h"

namespace hearth::probe {

// A question that one call of one of the tools answers.
struct CallTask {
    std::string words;
    std::string tool;
    std::string arguments;  // JSON object: what the call has to say
};

[[nodiscard]] const std::vector<chat::Tool>& call_tools();
[[nodiscard]] const std::vector<CallTask>& call_tasks();

// Counts one answer. Pure.
void count_call(const CallTask& task, const chat::Answer& answer, Calls& calls);

// The form in which a call stands in a text, in words: "JSON in a code fence". Pure.
[[nodiscard]] std::string_view call_form(std::string_view text);

// Asks all questions with the tools on offer. Errors: those of the provider.
[[nodiscard]] Result<Calls> probe_calls(const Desk& desk);

}  // namespace hearth::probe
