#include "agent/text_call_repair.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace hearth::agent {
namespace {

class NamedTool final : public Tool {
public:
    [[nodiscard]] chat::Tool description() const override { return {"bash", "runs", R"({"type":"object"})"}; }

    [[nodiscard]] std::string subject(std::string_view /*arguments*/) const override { return {}; }

    Result<ToolResult> run(std::string_view /*arguments*/, std::stop_token /*stop*/,
                           const OutputSink& /*on_output*/) override {
        return ToolResult{};
    }
};

class TextCallRepairTest : public testing::Test {
protected:
    TextCallRepairTest() { tools_.push_back(std::make_unique<NamedTool>()); }

    chat::Message repaired(std::string text) {
        chat::Message answer{.role = chat::Role::kAssistant, .text = std::move(text)};
        TextCallRepair repair(tools_);
        EXPECT_TRUE(repair.on_answer(answer));
        return answer;
    }

    ToolBox tools_;
};

TEST_F(TextCallRepairTest, ACallInTheTextBecomesOne) {
    const auto answer = repaired(
        "I look.\n<tool_call>\n{\"name\": \"bash\", \"arguments\": {\"command\": \"ls\"}}\n</tool_call>");
    ASSERT_EQ(answer.tool_calls.size(), 1U);
    EXPECT_EQ(answer.tool_calls[0].name, "bash");
    EXPECT_EQ(answer.text, "I look.");
}

TEST_F(TextCallRepairTest, ATextAboutOtherToolsStaysAText) {
    const std::string text = R"({"name": "launch", "arguments": {}})";
    const auto answer = repaired(text);
    EXPECT_TRUE(answer.tool_calls.empty());
    EXPECT_EQ(answer.text, text);
}

}  // namespace
}  // namespace hearth::agent
