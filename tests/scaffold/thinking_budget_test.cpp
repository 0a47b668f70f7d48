#include "scaffold/thinking_budget.h"

#include <gtest/gtest.h>

namespace hearth::scaffold {
namespace {

class Budget : public testing::Test {
protected:
    Tokens next() {
        chat::Request request;
        budget_.shape(request);
        return request.thinking_budget.value_or(Tokens{-1});
    }

    void turn(bool tool_fails, std::string feedback = {}) {
        agent::ToolResult result{.text = "…", .is_error = tool_fails};
        EXPECT_TRUE(budget_.after_tool({}, result, {}));
        EXPECT_EQ(*budget_.after_tools(feedback, {}), agent::Verdict::kGoOn);
    }

    ThinkingBudget budget_{Tokens{800}};
};

TEST_F(Budget, IsTheUsualOneAtTheBeginning) { EXPECT_EQ(next(), Tokens{800}); }

TEST_F(Budget, IsSmallWhereTheNextStepFollowsFromTheLast) {
    turn(false);
    EXPECT_EQ(next(), Tokens{200});
}

TEST_F(Budget, IsLargerAfterAFailureUntilAStepGoesWell) {
    turn(true);
    EXPECT_EQ(next(), Tokens{1600});
    turn(false, "Now `pytest` says: 1 failed");
    EXPECT_EQ(next(), Tokens{1600});
    turn(false, "\n");
    EXPECT_EQ(next(), Tokens{200});
}

TEST_F(Budget, OfNothingStaysNothing) {
    for (const auto step : {Step::kBegin, Step::kMechanical, Step::kAfterFault})
        EXPECT_EQ(thinking_budget(Tokens{0}, step), Tokens{0});
}

}  // namespace
}  // namespace hearth::scaffold
