#include "agent/event_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::agent {
namespace {

using testing::ElementsAre;

class EventJsonTest : public testing::Test {
protected:
    void write(const RunEvent& event) { writer_.write(event); }

    // "type:contentIndex:what it has" of the pieces that were written.
    std::vector<std::string> pieces() const {
        std::vector<std::string> out;
        for (const auto& line : lines_) {
            const auto value = parse_json(line);
            if (!value) return {"no JSON: " + line};
            const auto* event = member(*value, "assistantMessageEvent");
            if (event == nullptr) continue;
            auto text = std::string(*string_member(*event, "type")) + ":" +
                        std::to_string(*integer_member(*event, "contentIndex"));
            for (const auto* name : {"delta", "content", "toolName"}) {
                if (const auto part = string_member(*event, name)) text += ":" + std::string(*part);
            }
            if (const auto* call = member(*event, "toolCall"))
                text += ":" + json::serialize(*member(*call, "arguments"));
            out.push_back(text);
        }
        return out;
    }

    std::vector<std::string> lines_;
    EventWriter writer_{[this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(EventJsonTest, BlocksFollowTheAnswer) {
    write(MessageBegan{"{}"});
    write(MessagePiece{chat::ReasoningDelta{0, "hm"}});
    write(MessagePiece{chat::TextDelta{0, "a"}});
    write(MessagePiece{chat::TextDelta{0, "b"}});
    write(MessagePiece{chat::ToolCallDelta{0, 0, "c1", "bash", ""}});
    write(MessagePiece{chat::ToolCallDelta{0, 0, "", "", R"({"x":1})"}});
    const chat::Message answer{.role = chat::Role::kAssistant,
                               .text = "ab",
                               .reasoning = "hm",
                               .tool_calls = {{"c1", "bash", R"({"x":1})"}}};
    write(MessageEnded{"{}", &answer});
    EXPECT_THAT(pieces(),
                ElementsAre("thinking_start:0", "thinking_delta:0:hm", "text_start:1", "text_delta:1:a",
                            "text_delta:1:b", "toolcall_start:2:bash", R"(toolcall_delta:2:{"x":1})",
                            "thinking_end:0:hm", "text_end:1:ab", R"(toolcall_end:2:{"x":1})"));
    EXPECT_EQ(lines_.back(), R"({"type":"message_end","message":{}})");
}

TEST_F(EventJsonTest, CallsThatWereFoundInTheTextAreTold) {
    write(MessageBegan{"{}"});
    write(MessagePiece{chat::TextDelta{0, "call: {}"}});
    const chat::Message answer{
        .role = chat::Role::kAssistant, .text = "call:", .tool_calls = {{"c1", "ls", "{}"}}};
    write(MessageEnded{"{}", &answer});
    EXPECT_THAT(pieces(), ElementsAre("text_start:0", "text_delta:0:call: {}", "toolcall_start:1:ls",
                                      "toolcall_delta:1:{}", "text_end:0:call:", "toolcall_end:1:{}"));
}

TEST_F(EventJsonTest, OtherCandidatesAreNotTold) {
    write(MessageBegan{"{}"});
    write(MessagePiece{chat::TextDelta{1, "x"}});
    EXPECT_TRUE(pieces().empty());
}

TEST_F(EventJsonTest, EachEventIsOneRecord) {
    const chat::ToolCall call{"c1", "bash", R"({"command":"ls"})"};
    write(AgentStarted{});
    write(TurnBegan{});
    write(ToolBegan{call});
    write(ToolOutput{call, ""});
    write(ToolOutput{call, "x\n"});
    write(ToolEnded{.call = call, .text = "x\n", .is_error = true, .duration_ms = 3});
    write(TurnEnded{"{}", {"{}", "{}"}});
    write(QueueChanged{{"s"}, {}});
    write(NameChanged{"n\"m"});
    write(CompactionBegan{"manual"});
    write(CompactionEnded{.reason = "manual", .result = "{}"});
    write(RetryBegan{1, 3, 2000, "why"});
    write(RetryEnded{false, 1, "why"});
    write(AgentEnded{{"{}"}, true});
    write(AgentSettled{});
    EXPECT_THAT(
        lines_,
        ElementsAre(
            R"({"type":"agent_start"})", R"({"type":"turn_start"})",
            R"({"type":"tool_execution_start","toolCallId":"c1","toolName":"bash","args":{"command":"ls"}})",
            R"({"type":"tool_execution_update","toolCallId":"c1","toolName":"bash","args":{"command":"ls"},"partialResult":{"content":[]}})",
            R"({"type":"tool_execution_update","toolCallId":"c1","toolName":"bash","args":{"command":"ls"},"partialResult":{"content":[{"type":"text","text":"x\n"}],"details":{}}})",
            R"({"type":"tool_execution_end","toolCallId":"c1","toolName":"bash","result":{"content":[{"type":"text","text":"x\n"}]},"isError":true,"durationMs":3})",
            R"({"type":"turn_end","message":{},"toolResults":[{},{}]})",
            R"({"type":"queue_update","steering":["s"],"followUp":[]})",
            R"({"type":"session_info_changed","name":"n\"m"})",
            R"({"type":"compaction_start","reason":"manual"})",
            R"({"type":"compaction_end","reason":"manual","result":{},"aborted":false,"willRetry":false})",
            R"({"type":"auto_retry_start","attempt":1,"maxAttempts":3,"delayMs":2000,"errorMessage":"why"})",
            R"({"type":"auto_retry_end","success":false,"attempt":1,"finalError":"why"})",
            R"({"type":"agent_end","messages":[{}],"willRetry":true})",
            R"({"type":"agent_settled","aborted":false})"));
}

}  // namespace
}  // namespace hearth::agent
