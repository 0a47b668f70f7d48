// Runs without tests, in a real workspace with a real sandbox; only the model is scripted.
#include "scaffold/untested_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "agent/loop.h"
#include "os/files.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_files.h"
#include "scaffold/context_pack.h"
#include "scaffold/file_replies.h"
#include "scaffold/workbench.h"
#include "support/scripted_provider.h"

namespace hearth::scaffold {
namespace {

using testing::HasSubstr;

chat::Message block(const std::string& code) {
    return {.role = chat::Role::kAssistant, .text = "```python\n" + code + "```"};
}

chat::Message area(const std::string& value) {
    return block("def area(width, height):\n    return " + value + "\n");
}

class UntestedRun : public testing::Test {
protected:
    UntestedRun() : files_(*sandbox::WorkspaceFiles::open(folder_.path())), session_(*make_session()) {
        EXPECT_TRUE(files_.write("fence.py", "def area(width, height):\n    pass\n"));
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

    Result<agent::Outcome> run(const std::string& task) {
        auto bench = TRY(Workbench::open(files_, [this] { return box(); }, task, "", {}, {}));
        const auto tools = agent::core_tools(files_, [this] { return box(); }, {});
        ContextPack pack(bench, 8'000);
        UntestedAnswers answers(bench, provider_, session_, {}, {.batch = 3});
        FileReplies replies(bench);
        agent::LoopOptions options;
        options.form = agent::CallForm::kText;
        const agent::LoopParts parts{session_, provider_, tools, {&pack, &answers, &replies}, {}};
        return agent::run_loop(parts, task, options, {});
    }

    std::string last_said(std::size_t request) {
        std::string text;
        for (const auto& message : provider_.requests[request].messages)
            if (message.role == chat::Role::kUser) text = message.text;
        return text;
    }

    std::string code(const std::string& name = "fence.py") { return *files_.read(name); }

    os::TempDir folder_ = *os::TempDir::create("hearth-untested", "/var/tmp");
    os::TempDir state_ = *os::TempDir::create("hearth-untested");
    sandbox::WorkspaceFiles files_;
    agent::Session session_;
    std::optional<sandbox::Sandbox> box_;
    test::ScriptedProvider provider_;
};

const std::string kExamples = "Write area. `area(2, 3)` returns `6` and `area(1, 5)` returns `5`.";

TEST_F(UntestedRun, AnAnswerThatDoesWhatTheExamplesSayIsTakenAtOnce) {
    provider_.then({area("width * height")});
    const auto outcome = run(kExamples);
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, agent::End::kReached);
    EXPECT_EQ(provider_.requests.size(), 1U);
    EXPECT_THAT(code(), HasSubstr("width * height"));
}

TEST_F(UntestedRun, TheOnlySourceIsAskedForByName) {
    provider_.then_text("def area(width, height):\n    return width * height\n```");
    ASSERT_TRUE(run(kExamples));
    EXPECT_THAT(last_said(0), HasSubstr("the complete new content of fence.py"));
    EXPECT_THAT(code(), HasSubstr("width * height"));
}

TEST_F(UntestedRun, OfSeveralSourcesTheModelSaysWhichItChanges) {
    EXPECT_TRUE(files_.write("fence.py", "def area(width, height):\n    return width\n"));
    EXPECT_TRUE(files_.write("gate.py", "def open_gate():\n    return 1\n"));
    provider_.then({{.role = chat::Role::kAssistant, .text = "fence.py\n" + area("width * height").text}});
    ASSERT_TRUE(run(kExamples));
    EXPECT_THAT(last_said(0), HasSubstr("every file that you change"));
    EXPECT_THAT(code(), HasSubstr("width * height"));
}

TEST_F(UntestedRun, AnExampleThatFailsIsToldAndTheAnswerThatMendsItIsTaken) {
    provider_.then({area("width + height + 1")});
    provider_.then_text("assert area(1, 1) == 1\n");
    provider_.then({area("width"), area("width * height"), block("def area(width, height:\n")});
    const auto outcome = run(kExamples);
    ASSERT_TRUE(outcome) << outcome.error().message();
    ASSERT_EQ(provider_.requests.size(), 3U);
    EXPECT_THAT(last_said(1), HasSubstr("First write tests"));
    EXPECT_THAT(last_said(2), HasSubstr("assert area(1, 5) == 5\nbut it gives 7"));
    EXPECT_THAT(code(), HasSubstr("width * height"));
}

TEST_F(UntestedRun, WithoutExamplesWhatMostAgreeOnIsTaken) {
    provider_.then({area("width + height")});
    // Tests that the model got wrong once: the call still tells the answers apart.
    provider_.then_text("area():\n    assert area(2, 3) == 6\n    assert area(2, 2) == 5\n");
    provider_.then({area("height * width"), area("width * height"), area("width - height")});
    ASSERT_TRUE(run("Write area."));
    EXPECT_EQ(provider_.requests.size(), 3U);
    EXPECT_THAT(code(), HasSubstr("height * width"));
}

TEST_F(UntestedRun, CodeThatDoesNotLoadIsNotTaken) {
    provider_.then({block("def area(width, height):\n    return width *\n")});
    provider_.then_text("area():\n    assert area(2, 3) == 6\n");
    provider_.then({area("width * height")});
    ASSERT_TRUE(run("Write area."));
    EXPECT_THAT(last_said(2), HasSubstr("SyntaxError"));
    EXPECT_THAT(code(), HasSubstr("width * height"));
}

TEST_F(UntestedRun, InOtherLanguagesTheLikeliestAnswerIsTaken) {
    ASSERT_TRUE(files_.remove("fence.py"));
    ASSERT_TRUE(files_.write("fence.rb", "def area(w, h)\nend\n"));
    provider_.then_text("```ruby\ndef area(w, h)\n  w * h\nend\n```");
    ASSERT_TRUE(run("Write area in fence.rb."));
    EXPECT_EQ(provider_.requests.size(), 1U);
    EXPECT_THAT(code("fence.rb"), HasSubstr("w * h"));
}

TEST_F(UntestedRun, AnAnswerWithoutCodeIsAskedForAgain) {
    provider_.then_text("I would rather not.");
    provider_.then({area("width * height")});
    ASSERT_TRUE(run(kExamples));
    EXPECT_THAT(code(), HasSubstr("width * height"));
}

}  // namespace
}  // namespace hearth::scaffold
