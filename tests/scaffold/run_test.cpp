// The scaffold's extensions together, in a real workspace with a real sandbox; only the model is scripted.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "agent/loop.h"
#include "core/json.h"
#include "os/files.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_files.h"
#include "scaffold/candidates.h"
#include "scaffold/context_pack.h"
#include "scaffold/file_replies.h"
#include "scaffold/test_loop.h"
#include "scaffold/workbench.h"
#include "support/scripted_provider.h"

namespace hearth::scaffold {
namespace {

using test::ScriptedProvider;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kCalc = "def add(a, b):\n    return a - b\n\n\ndef double(a):\n    return a\n";
// Two "tests" without an interpreter: quick, and their counts are those of the summary line.
constexpr const char* kTests =
    "good=0; grep -q 'a + b' calc.py && good=1; grep -q 'a \\* 2' calc.py && good=$((good+1)); "
    "echo \"$good/2 passed\"; [ $good = 2 ]";

chat::Message answer(std::string code) {
    return {.role = chat::Role::kAssistant, .text = "```python\n" + std::move(code) + "```"};
}

const std::string kGreen = "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return a * 2\n";
const std::string kHalf = "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return a + 1\n";
const std::string kWrong = "def add(a, b):\n    return b\n\n\ndef double(a):\n    return b\n";

class ScaffoldRun : public testing::Test {
protected:
    ScaffoldRun() : files_(*sandbox::WorkspaceFiles::open(folder_.path())), session_(*make_session()) {
        EXPECT_TRUE(files_.write("calc.py", kCalc));
    }

    Result<agent::Session> make_session() { return agent::Session::create(state_.path(), folder_.path()); }

    Result<const sandbox::Sandbox*> box() {
        if (!box_) {
            sandbox::Policy policy;
            policy.workspace = folder_.path();
            box_.emplace(TRY(sandbox::Sandbox::open(policy)));
        }
        return &*box_;
    }

    Result<agent::Outcome> run(const std::string& tests, int max_turns = 6, double search_share = 0) {
        const auto events = [this](const agent::Event& event) {
            if (const auto* tried = std::get_if<agent::CandidateTried>(&event))
                outcomes_.push_back(tried->outcome);
        };
        auto bench = TRY(Workbench::open(files_, [this] { return box(); }, "fix calc.py", tests, events, {}));
        const auto tools = agent::core_tools(files_, [this] { return box(); }, {});
        ContextPack pack(bench, 8'000);
        Candidates candidates(bench, provider_, session_, events, {.batch = 2, .search_share = search_share});
        FileReplies replies(bench);
        TestLoop test_loop(bench, session_, 3);
        agent::LoopOptions options;
        options.form = agent::CallForm::kText;
        options.max_turns = max_turns;
        const agent::LoopParts parts{
            session_, provider_, tools, {&pack, &candidates, &replies, &test_loop}, {}};
        return agent::run_loop(parts, "fix calc.py", options, {});
    }

    std::string calc() { return *files_.read("calc.py"); }

    os::TempDir folder_ = *os::TempDir::create("hearth-scaffold-run", "/var/tmp");
    os::TempDir state_ = *os::TempDir::create("hearth-scaffold-run");
    sandbox::WorkspaceFiles files_;
    agent::Session session_;
    std::optional<sandbox::Sandbox> box_;
    ScriptedProvider provider_;
    std::vector<std::string> outcomes_;
};

TEST_F(ScaffoldRun, AGreenFirstAnswerEndsIt) {
    provider_.then({answer(kGreen)});
    const auto outcome = run(kTests);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_EQ(calc(), kGreen);
    EXPECT_THAT(outcomes_, ElementsAre("all 2 tests pass"));
    EXPECT_EQ(provider_.requests.size(), 1U);
    EXPECT_EQ(provider_.requests[0].sampling.temperature, 0);
}

TEST_F(ScaffoldRun, TheFirstGreenAnswerOfABatchStopsTheRest) {
    provider_.then({answer(kWrong)});
    bool went_on = true;
    // Whatever the next request asks for, its first answer is green.
    provider_.then_do([&](const chat::Request& request, const chat::EventSink& sink, std::stop_token) {
        EXPECT_GT(request.candidates, 1);
        sink(chat::TextDelta{0, answer("return a * 2 # a + b\n").text});
        chat::Reply reply;
        sink(chat::TextDelta{1, answer(kGreen).text});
        went_on = sink(chat::CandidateDone{1, chat::StopReason::kStop});
        return Result<chat::Reply>(std::move(reply));
    });
    const auto outcome = run(kTests);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_FALSE(went_on);
}

TEST_F(ScaffoldRun, AGainIsKeptAndTheModelSeesWhatStillFails) {
    provider_.then({answer(kHalf)});   // better than before: taken
    provider_.then({answer(kGreen)});  // the next turn
    const auto outcome = run(kTests);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_EQ(outcome->turns, 2);
    EXPECT_EQ(calc(), kGreen);
    ASSERT_EQ(provider_.requests.size(), 2U);
    const auto& second = provider_.requests[1].messages;
    std::string feedback;  // the last user message; an opened block may follow it
    for (const auto& message : second) {
        if (message.role == chat::Role::kUser) feedback = message.text;
    }
    EXPECT_THAT(feedback, HasSubstr("1 of 2 tests pass"));
    // Prefix-stable: what was sent the first time, without the tail and the opening, stands in front.
    const auto& first = provider_.requests[0].messages;
    EXPECT_THAT(second[0].text, testing::StartsWith(first[0].text));
}

TEST_F(ScaffoldRun, AfterAGainWhatIsStillUnwrittenIsAskedFor) {
    std::string source;  // too long to be written anew for one function
    for (int i = 0; i < 45; ++i)
        source += "LIMIT_" + std::to_string(i) + " = 1\n";
    const std::string stubs =
        "\n\ndef add(a, b):\n    raise NotImplementedError\n\n\n"
        "def double(a):\n    raise NotImplementedError\n";
    ASSERT_TRUE(files_.write("calc.py", source + stubs));
    const auto add = answer("def add(a, b):\n    return a + b\n");
    provider_.then({add});
    provider_.then({add, add});
    provider_.then({answer("def double(a):\n    return a * 2\n"), add});
    const auto outcome = run(kTests);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    ASSERT_EQ(provider_.requests.size(), 3U);
    std::string asked;
    for (const auto& message : provider_.requests[2].messages) {
        if (message.role == chat::Role::kUser) asked = message.text;
    }
    EXPECT_THAT(asked, HasSubstr("the complete new version of `double`"));
}

TEST_F(ScaffoldRun, ASlipThatTheTestsNameIsMendedWithoutTheModel) {
    provider_.then(
        {answer("def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return math.floor(a * 2)\n")});
    const auto outcome = run(
        "grep -q '^import math' calc.py || { echo \"NameError: name 'math' is not defined\"; exit 1; }; " +
        std::string(kTests));
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_EQ(provider_.requests.size(), 1U);
    EXPECT_THAT(outcomes_, ElementsAre("all 2 tests pass, a slip mended"));
    EXPECT_THAT(calc(), testing::StartsWith("import math\n"));
}

TEST_F(ScaffoldRun, AForgottenLineIsFilledIn) {
    // double() lacks its last line, which no answer writes.
    ASSERT_TRUE(files_.write(
        "calc.py", "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    b = a * 1\n    return b\n"));
    for (int i = 0; i < 40; ++i)
        provider_.then({answer("def double(a):\n    b = a * 1\n    return b\n")});
    provider_.fills = [](const chat::FillRequest& request) -> Result<chat::FillReply> {
        const bool there = request.prefix.ends_with("    b = a * 1\n");
        return chat::FillReply{{there ? "    b = a * 2\n    return b\n" : "\n"}, {}};
    };
    const auto outcome = run(kTests);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_THAT(calc(), HasSubstr("    b = a * 1\n    b = a * 2\n    return b\n"));
}

TEST_F(ScaffoldRun, SmallChangesFindWhatTheAnswerMissed) {
    // Right but for one operator: no further request is needed.
    provider_.then({answer("def add(a, b):\n    return a - b\n\n\ndef double(a):\n    return a * 2\n")});
    const auto outcome = run(kTests, 6, 0.5);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_EQ(calc(), kGreen);
    EXPECT_EQ(provider_.requests.size(), 1U);
    EXPECT_THAT(session_.entries().back().message->text, HasSubstr("All tests pass"));
}

TEST_F(ScaffoldRun, FunctionsOfTwoAnswersMakeOneFile) {
    provider_.then(
        {answer("def add(a, b):\n    return sum([a, b]) # a + b\n\n\ndef double(a):\n    return a ** 3\n")});
    provider_.then({answer("def add(a, b):\n    return 7\n\n\ndef double(a):\n    return abs(a * 2)\n")});
    const auto outcome = run(kTests, 6, 0.5);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_EQ(calc(),
              "def add(a, b):\n    return sum([a, b]) # a + b\n\n\ndef double(a):\n    return abs(a * 2)\n");
}

TEST_F(ScaffoldRun, EveryAnswerThatWasTriedIsInTheSession) {
    provider_.then({answer(kHalf)});
    provider_.then({answer(kGreen)});
    ASSERT_TRUE(run(kTests));
    std::vector<std::string> kept;
    for (const auto& entry : session_.entries()) {
        if (entry.custom_type != "hearth.candidate") continue;
        const auto data = parse_json(entry.custom_data);
        ASSERT_TRUE(data);
        kept.emplace_back(*string_member(*data, "outcome"));
    }
    EXPECT_EQ(kept, outcomes_);
    EXPECT_EQ(kept.size(), 2U);
}

TEST_F(ScaffoldRun, WithoutTestsTheFirstChangeIsTaken) {
    provider_.then({{.role = chat::Role::kAssistant, .text = "calc.py\n```python\n" + kHalf + "```\n"}});
    const auto outcome = run("");
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_EQ(calc(), kHalf);
    EXPECT_THAT(outcomes_, ElementsAre("not tested"));
}

TEST_F(ScaffoldRun, AnAnswerThatGainsNothingDoesNotStay) {
    for (int i = 0; i < 200; ++i)
        provider_.then({answer(kWrong), answer(kWrong)});
    const auto outcome = run(kTests, 4);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_NE(outcome->end, agent::End::kReached);
    // Every other idle turn is taken back, and so is the last one when the run is given up.
    if (outcome->end == agent::End::kGaveUp) {
        EXPECT_EQ(calc(), kCalc);
    }
}

TEST_F(ScaffoldRun, AnErrorOfTheEngineEndsTheRunWithIt) {
    provider_.then_fail(Error(Code::kUnavailable, "the engine is gone"));
    const auto outcome = run(kTests);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), Code::kUnavailable);
    EXPECT_EQ(calc(), kCalc);
}

}  // namespace
}  // namespace hearth::scaffold
