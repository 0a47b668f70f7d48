#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/extension.h"
#include "core/units.h"

namespace hearth::scaffold {

// What a model is about to do.
enum class Step : std::uint8_t {
    kBegin,       // the task was just told
    kMechanical,  // a tool did what it was asked to
    kAfterFault,  // a tool failed, or the tests do
};

// How much a model may think before it answers: `usual` at the beginning, a quarter where the next step follows from the last, double
// after a failure. 0 stays 0. Pure.
[[nodiscard]] Tokens thinking_budget(Tokens usual, Step step);

// Gives each request of a run its budget of thinking. It stands behind the extensions that run the tests, whose words it takes for a
// failure.
class ThinkingBudget final : public agent::Extension {
public:
    explicit ThinkingBudget(Tokens usual) : usual_(usual) {}

    [[nodiscard]] std::string_view name() const override { return "thinking-budget"; }

    void shape(chat::Request& request) override;

    Status after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token stop) override;

    Result<agent::Verdict> after_tools(std::string& feedback, std::stop_token stop) override;

private:
    Tokens usual_;
    Step step_ = Step::kBegin;
    bool failed_ = false;  // a tool of this turn
};

}  // namespace hearth::scaffold
