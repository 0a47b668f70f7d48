// A run under rules: only the model and its commands are scripted.
#include "scaffold/rule_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <tuple>

#include "agent/loop.h"
#include "os/files.h"
#include "support/scripted_bash.h"
#include "support/scripted_provider.h"

namespace hearth::scaffold {
namespace {

using test::ScriptedProvider;
using testing::HasSubstr;
using testing::Not;

class RuleKeeperTest : public testing::Test {
protected:
    RuleKeeperTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())) {
        EXPECT_TRUE(files_.write("a.py", "def f():\n    return 1\n"));
        std::tie(tools_, bash_) = test::tools_with_scripted_bash(files_);
    }

    void rules(EditRules rules) {
        keeper_.emplace(RuleKeeper::Setup{.rules = std::move(rules),
                                          .files = files_,
                                          .plan = [this] { return plan_ ? &*plan_ : nullptr; },
                                          .warn = [this](std::string_view text) { warned_ += text; }});
    }

    void run(const std::string& prompt) {
        const agent::LoopParts parts{session_, provider_, tools_, {&*keeper_}, {}};
        const auto outcome = agent::run_loop(parts, prompt, {.system = "system", .max_turns = 12}, {});
        ASSERT_TRUE(outcome) << outcome.error().message();
    }

    // Texts of the results, in their order.
    std::vector<std::string> results() const {
        std::vector<std::string> out;
        for (const auto& message : session_.messages())
            if (message.role == chat::Role::kTool) out.push_back(message.text);
        return out;
    }

    void says_and_writes(std::string text, const std::string& content) {
        provider_.then(
            {{.role = chat::Role::kAssistant,
              .text = std::move(text),
              .tool_calls = {{"", "write", R"({"path":"./a.py","content":")" + content + "\"}"}}}});
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-rules");
    sandbox::WorkspaceFiles files_;
    agent::Session session_ = agent::Session::in_memory("/w");
    agent::ToolBox tools_;
    test::ScriptedBash* bash_ = nullptr;
    std::optional<PlanRecord> plan_;
    std::optional<RuleKeeper> keeper_;
    ScriptedProvider provider_;
    std::string warned_;
};

TEST_F(RuleKeeperTest, RulesStandBehindTheFirstPromptAlone) {
    rules({.max_lines = 400});
    provider_.then_text("one");
    provider_.then_text("two");
    run("first");
    run("second");
    EXPECT_EQ(session_.messages()[1].text,
              "first\n\nRules of this project:\n- A file has at most 400 lines.\n");
    EXPECT_EQ(session_.messages()[3].text, "second");
}

TEST_F(RuleKeeperTest, AChangeThatBreaksARuleIsNotMadeAndTheNextStepIsSaid) {
    rules({.explain = true});
    says_and_writes("", "def f():\\n    return 2\\n");
    says_and_writes("f returns 2, as the task wants.", "def f():\\n    return 2\\n");
    provider_.then_text("done");
    run("go");
    const auto said = results();
    EXPECT_THAT(
        said[0],
        HasSubstr("Not written yet: Say first, in a sentence before the call, what changes in f and why."));
    EXPECT_THAT(said[1], HasSubstr("Wrote ./a.py"));
    EXPECT_EQ(*files_.read("a.py"), "def f():\n    return 2\n");
}

TEST_F(RuleKeeperTest, AForbiddenPathIsFoundHoweverItIsWritten) {
    rules({.forbidden = {"a.py"}});
    for (const auto* path : {"./a.py", "b/../a.py"})
        provider_.then_call("write", R"({"path":")" + std::string(path) + R"(","content":"x"})");
    provider_.then_call("write", R"({"path":")" + (folder_.path() / "a.py").string() + R"(","content":"x"})");
    provider_.then_text("done");
    run("go");
    for (const auto& said : results())
        EXPECT_THAT(said, HasSubstr("a.py stays as it is"));
    EXPECT_THAT(*files_.read("a.py"), HasSubstr("return 1"));
}

TEST_F(RuleKeeperTest, ASignedPlanExplainsWhatItNames) {
    rules({.explain = true});
    plan_.emplace();
    plan_->plan.files = {{.path = "a.py", .functions = {"f"}}};
    plan_->signature = PlanSignature{"person", 1, "x"};
    says_and_writes("", "def f():\\n    return 2\\n");
    provider_.then_text("done");
    run("go");
    EXPECT_THAT(results()[0], HasSubstr("Wrote"));
}

TEST_F(RuleKeeperTest, WhatACommandDidAgainstTheRulesIsSaid) {
    rules({.max_lines = 3, .forbidden = {"vendor/**"}});
    bash_->does = [this] {
        EXPECT_TRUE(files_.write("vendor/x.c", "int x;\n"));
        EXPECT_TRUE(files_.write("a.py", "1\n2\n3\n4\n"));
    };
    provider_.then_call("bash", R"({"command":"generate"})");
    provider_.then_text("done");
    run("go");
    EXPECT_THAT(results()[0], HasSubstr("ran\n[a.py has 4 lines now, and a file here has at most 3"));
    EXPECT_THAT(results()[0], HasSubstr("[vendor/x.c is in a place that stays as it is: remove it]"));
}

TEST_F(RuleKeeperTest, TheTestsRunAfterTheLastChange) {
    rules({.tests = "make test"});
    says_and_writes("", "x = 1\\n");
    provider_.then_text("I am done.");
    provider_.then_call("bash", R"({"command":"make test"})");
    provider_.then_text("done");
    run("go");
    EXPECT_TRUE(provider_.used_up());
    EXPECT_THAT(session_.messages()[5].text, HasSubstr("Run exactly `make test` with bash now"));
    EXPECT_EQ(warned_, "");
}

TEST_F(RuleKeeperTest, TestsThatGoOnHaveNotPassed) {
    rules({.tests = "make test"});
    bash_->says.goes_on = true;
    says_and_writes("", "x = 1\\n");
    provider_.then_call("bash", R"({"command":"make test","background":true})");
    for (int i = 0; i < 4; ++i)
        provider_.then_text("no");
    run("go");
    EXPECT_THAT(warned_, HasSubstr("`make test`"));
}

TEST_F(RuleKeeperTest, ARunThatDoesNotTestEndsWithAWarning) {
    rules({.tests = "make test"});
    bash_->does = [this] { EXPECT_TRUE(files_.write("a.py", "y = 1\n")); };
    provider_.then_call("bash", R"({"command":"sed -i s/1/2/ a.py; make test || true"})");
    for (int i = 0; i < 4; ++i)
        provider_.then_text("no");
    run("go");
    EXPECT_TRUE(provider_.used_up());
    EXPECT_THAT(warned_, HasSubstr("`make test`"));
}

}  // namespace
}  // namespace hearth::scaffold
