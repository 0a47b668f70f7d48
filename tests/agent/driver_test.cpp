#include "agent/driver.h"

#include <algorithm>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "agent/event_json.h"
#include "agent/session_report.h"
#include "core/json.h"
#include "support/scripted_provider.h"

namespace hearth::agent {
namespace {

using chat::Role;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PrintTool final : public Tool {
public:
    [[nodiscard]] chat::Tool description() const override { return {"print", "prints", "{}"}; }

    [[nodiscard]] std::string subject(std::string_view /*arguments*/) const override { return {}; }

    Result<ToolResult> run(std::string_view /*arguments*/, std::stop_token /*stop*/,
                           const OutputSink& /*on_output*/) override {
        if (when_run) when_run();
        return ToolResult{output};
    }

    std::string output = "printed";
    std::function<void()> when_run;
};

class DriverTest : public testing::Test {
protected:
    DriverTest() {
        auto tool = std::make_unique<PrintTool>();
        tool_ = tool.get();
        tools_.push_back(std::move(tool));
        options_.system = "system";
        options_.model = "m";
        options_.retries.first_delay = std::chrono::milliseconds(1);
    }

    Driver driver() {
        return Driver({.session = session_,
                       .provider = provider_,
                       .tools = tools_,
                       .extensions = {},
                       .queue = queue_,
                       .settings = settings_,
                       .records = [this](const RunEvent& event) { writer_.write(event); }},
                      options_);
    }

    // Types of the records, without pieces of answers.
    std::vector<std::string> kinds() const {
        std::vector<std::string> out;
        for (const auto& line : lines_) {
            const auto value = parse_json(line);
            const auto type = std::string(value ? string_member(*value, "type").value_or("") : "no JSON");
            if (type != "message_update" && type != "message_start") out.push_back(type);
        }
        return out;
    }

    std::vector<std::string> said() const {
        std::vector<std::string> out;
        for (const auto& message : session_.messages())
            out.push_back(message.text);
        return out;
    }

    Session session_ = Session::in_memory("/w");
    test::ScriptedProvider provider_;
    PrintTool* tool_ = nullptr;
    ToolBox tools_;
    MessageQueue queue_;
    DriverSettings settings_;
    DriverOptions options_;
    std::vector<std::string> lines_;
    EventWriter writer_{[this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(DriverTest, ARunIsToldFromItsStartToItsRest) {
    provider_.then_call("print", "{}");
    provider_.then_text("done");
    const auto outcome = driver().prompt("task", {});
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->last_answer, "done");
    EXPECT_THAT(kinds(), ElementsAre("agent_start", "turn_start", "message_end", "message_end", "message_end",
                                     "tool_execution_start", "tool_execution_end", "message_end", "turn_end",
                                     "turn_start", "message_end", "turn_end", "agent_end", "agent_settled"));
}

TEST_F(DriverTest, SteeringComesBehindTheBatchAndFollowUpsAtTheEnd) {
    tool_->when_run = [&] {
        queue_.follow_up("later");
        queue_.steer("rather this");
    };
    provider_.then_call("print", "{}");
    provider_.then_text("well");
    provider_.then_text("late");
    ASSERT_TRUE(driver().prompt("task", {}));
    EXPECT_THAT(said(), ElementsAre("system", "task", "", "printed", "rather this", "well", "later", "late"));
    EXPECT_THAT(kinds(), Contains("queue_update").Times(2));
}

TEST_F(DriverTest, TheSameCallOverAndOverEndsTheRun) {
    int ran = 0;
    tool_->when_run = [&] { ++ran; };
    for (int i = 0; i < 20; ++i)
        provider_.then_call("print", "{}");
    const auto outcome = driver().prompt("task", {});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::kGaveUp);
    EXPECT_EQ(ran, 4);
    EXPECT_EQ(outcome->turns, 9);
    EXPECT_THAT(said()[11], HasSubstr("5 times in a row"));
}

TEST_F(DriverTest, AFailureThatMayPassIsTriedAgainWithoutItsTrace) {
    provider_.then_fail(Error(Code::kUnavailable, "overloaded"));
    provider_.then_text("done");
    const auto outcome = driver().prompt("task", {});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::kAnswered);
    EXPECT_THAT(said(), ElementsAre("system", "task", "done"));
    EXPECT_THAT(kinds(), AllOf(Contains("auto_retry_start").Times(1), Contains("auto_retry_end").Times(1),
                               Contains("agent_settled").Times(1)));
    EXPECT_THAT(lines_, Contains(HasSubstr(R"("willRetry":true)")));
}

TEST_F(DriverTest, TriesEnd) {
    for (int i = 0; i < 4; ++i)
        provider_.then_fail(Error(Code::kUnavailable, "overloaded"));
    const auto outcome = driver().prompt("task", {});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::kFailed);
    EXPECT_TRUE(provider_.used_up());
    EXPECT_THAT(lines_, Contains(HasSubstr(R"("success":false,"attempt":3)")));
}

TEST_F(DriverTest, WhatIsRefusedForGoodIsNotTriedAgain) {
    provider_.then_fail(Error(Code::kUnavailable, "insufficient_quota: pay first"));
    const auto outcome = driver().prompt("task", {});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::kFailed);
    EXPECT_THAT(kinds(), Not(Contains("auto_retry_start")));
}

TEST_F(DriverTest, WaitingForATryCanBeEndedAlone) {
    options_.retries.first_delay = std::chrono::minutes(5);
    provider_.then_fail(Error(Code::kUnavailable, "overloaded"));
    std::stop_source retry_stop;
    retry_stop.request_stop();
    const auto outcome = driver().prompt("task", {}, retry_stop.get_token());
    ASSERT_TRUE(outcome);
    EXPECT_THAT(lines_, Contains(HasSubstr("Retry cancelled")));
}

TEST_F(DriverTest, AStoppedAnswerKeepsWhatHadCome) {
    std::stop_source stop;
    provider_.then_do(
        [&](const chat::Request&, const chat::EventSink& sink, std::stop_token) -> Result<chat::Reply> {
            sink(chat::TextDelta{0, "half"});
            stop.request_stop();
            return Error(Code::kCancelled, "stopped");
        });
    const auto outcome = driver().prompt("task", stop.get_token());
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::kAborted);
    const auto& last = session_.entries().back();
    EXPECT_EQ(last.message->text, "half");
    EXPECT_TRUE(last.facts.aborted);
    EXPECT_EQ(lines_.back(), R"({"type":"agent_settled","aborted":true})");
    EXPECT_THAT(said(), ElementsAre("system", "task"));  // it is not told again
}

TEST_F(DriverTest, APromptThatDoesNotFitIsShortenedOnceAndAskedAgain) {
    provider_.then_text("one");
    ASSERT_TRUE(driver().prompt(std::string(6000, 'x'), {}));
    provider_.then_fail(
        Error(Code::kInvalidInput, "the prompt has 9000 tokens and the context window holds 8192"));
    provider_.then_text("the summary");
    provider_.then_text("done");
    const auto outcome = driver().prompt("task", {});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->last_answer, "done");
    EXPECT_THAT(said(), ElementsAre("system", HasSubstr("the summary"), "one", "task", "done"));
    EXPECT_THAT(kinds(), AllOf(Contains("compaction_start").Times(1), Contains("compaction_end").Times(1)));
}

TEST_F(DriverTest, ALongTalkFitsASmallWindow) {
    // Each turn reads 4,000 bytes: without compaction 40 of them would be some 55,000 tokens, in a window of 8,192.
    tool_->output = std::string(4000, 'y');
    std::size_t largest = 0;
    int turns = 0;
    const auto step = [&](const chat::Request& request, const chat::EventSink&,
                          std::stop_token) -> Result<chat::Reply> {
        std::size_t bytes = 0;
        for (const auto& message : request.messages)
            bytes += message.text.size();
        chat::Answer answer;
        answer.message.role = Role::kAssistant;
        const bool summary = request.messages.back().text.find("summary of the work") != std::string::npos;
        if (!summary) largest = std::max(largest, bytes);
        if (summary) {
            answer.message.text = "summarised";
        } else if (++turns < 40) {
            answer.message.tool_calls = {{"", "print", R"({"path":"a)" + std::to_string(turns) + R"(.py"})"}};
            answer.reason = chat::StopReason::kToolCalls;
        } else {
            answer.message.text = "the end";
        }
        chat::Reply reply;
        reply.usage.prompt_tokens = {static_cast<std::int64_t>(bytes / 3)};
        reply.usage.generated_tokens = {20};
        reply.answers = {answer};
        return reply;
    };
    for (int i = 0; i < 100; ++i)
        provider_.then_do(step);
    const auto outcome = driver().prompt("the task", {});
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->last_answer, "the end");
    EXPECT_LE(largest / 3, 8192U - 2048U);  // room for an answer, always
    EXPECT_THAT(kinds(), Contains("compaction_end").Times(testing::Ge(5)));
    EXPECT_THAT(said()[1], AllOf(HasSubstr("summarised"), HasSubstr("the task")));
}

TEST_F(DriverTest, CompactionByHandSaysWhatItDid) {
    provider_.then_text(std::string(900, 'a'));
    provider_.then_text(std::string(900, 'b'));
    auto own = driver();
    ASSERT_TRUE(own.prompt("first", {}));
    ASSERT_TRUE(own.prompt("second", {}));
    provider_.then_text("short");
    const auto result = own.compact("the names", {});
    ASSERT_TRUE(result) << result.error().message();
    const auto value = parse_json(*result);
    ASSERT_TRUE(value);
    EXPECT_THAT(std::string(*string_member(*value, "summary")), HasSubstr("short"));
    EXPECT_TRUE(string_member(*value, "firstKeptEntryId"));
    EXPECT_THAT(provider_.requests.back().messages.back().text, HasSubstr("the names"));
    // The context is sent as it was, so that the engine has it in its cache.
    EXPECT_EQ(provider_.requests.back().messages.size(), 6U);
    EXPECT_EQ(provider_.requests.back().tools.size(), 1U);
}

TEST_F(DriverTest, WithoutAUsableSummaryTheFactsStand) {
    provider_.then_text(std::string(900, 'a'));
    auto own = driver();
    ASSERT_TRUE(own.prompt("first", {}));
    provider_.then_fail(Error(Code::kUnavailable, "down"));
    const auto result = own.compact("", {});
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_THAT(said()[1], HasSubstr("first"));
}

TEST_F(DriverTest, NothingToCompactIsSaid) {
    const auto result = driver().compact("", {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message(), "Nothing to compact (session too small)");
}

TEST(DriverErrors, OverflowIsKnownInSeveralWords) {
    EXPECT_TRUE(is_overflow(Error(Code::kInvalidInput, "the request exceeds the available context size")));
    EXPECT_TRUE(
        is_overflow(Error(Code::kInvalidInput, "This model's maximum context length is 8192 tokens")));
    EXPECT_FALSE(is_overflow(Error(Code::kInvalidInput, "no such model")));
    EXPECT_FALSE(is_overflow(Error(Code::kPermission, "context length")));
}

}  // namespace
}  // namespace hearth::agent
