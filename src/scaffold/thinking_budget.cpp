#include "scaffold/thinking_budget.h"

#include <utility>

#include "core/text.h"

namespace hearth::scaffold {

Tokens thinking_budget(Tokens usual, Step step) {
    switch (step) {
        case Step::kBegin: return usual;
        case Step::kMechanical: return {usual.value / 4};
        case Step::kAfterFault: return {usual.value * 2};
    }
    return usual;
}

void ThinkingBudget::shape(chat::Request& request) {
    request.thinking_budget = thinking_budget(usual_, step_);
}

Status ThinkingBudget::after_tool(const chat::ToolCall& /*call*/, agent::ToolResult& result,
                                  std::stop_token /*stop*/) {
    failed_ = failed_ || result.is_error;
    return {};
}

Result<agent::Verdict> ThinkingBudget::after_tools(std::string& feedback, std::stop_token /*stop*/) {
    const bool fault = std::exchange(failed_, false) || !trim(feedback).empty();
    step_ = fault ? Step::kAfterFault : Step::kMechanical;
    return agent::Verdict::kGoOn;
}

}  // namespace hearth::scaffold
