// Plan, signature, work: in a real workspace with a real sandbox; only the model is scripted.
#include "scaffold/plan_mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "agent/loop.h"
#include "agent/search_tool.h"
#include "core/json.h"
#include "os/files.h"
#include "sandbox/sandbox.h"
#include "support/scripted_provider.h"

namespace hearth::scaffold {
namespace {

using test::ScriptedProvider;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kMoney = "def round_price(x):\n    return x\n\n\ndef total(xs):\n    return sum(xs)\n";
const std::string kForm =
    R"({"goal":"Prices are rounded.","files":[{"file":"money.py","functions":["round_price"],"new_functions":[],)"
    R"("why":"It does not round."}],"steps":[{"file":"money.py","do":"Round there."},{"file":"","do":"Test it."}],)"
    R"("tests":"sh test.sh","risks":[],"questions":["Half up?"]})";

class PlanModeTest : public testing::Test {
protected:
    PlanModeTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())) {
        EXPECT_TRUE(files_.write("money.py", kMoney));
        EXPECT_TRUE(files_.write("util.py", "A = 1\n"));
        EXPECT_TRUE(files_.write("test.sh", "grep -q round money.py\n"));
        mode_.emplace(setup());
        EXPECT_TRUE(mode_->use_session("s", book()));
    }

    PlanModeSetup setup() {
        return {.files = files_,
                .sandbox = [this] { return box(); },
                .workspace = "/w",
                .test_command = "sh test.sh",
                .tests_stay = true,
                .look_first = look_first_};
    }

    PlanBook book() { return PlanBook::of_session(state_.path(), "s"); }

    Result<const sandbox::Sandbox*> box() {
        if (!box_) {
            sandbox::Policy policy;
            policy.workspace = folder_.path();
            box_.emplace(TRY(sandbox::Sandbox::open(policy)));
        }
        return &*box_;
    }

    agent::Outcome run(const std::string& prompt) {
        auto tools = agent::core_tools(files_, mode_->commands(), {});
        tools.push_back(agent::search_tool(files_));
        const agent::LoopParts parts{session_, provider_, tools, {&*mode_}, {}};
        const auto outcome = agent::run_loop(parts, prompt, {.system = "system", .max_turns = 30}, {});
        EXPECT_TRUE(outcome) << outcome.error().message();
        return outcome.value_or(agent::Outcome());
    }

    void plan() {
        ASSERT_TRUE(mode_->begin());
        provider_.then_text("I have seen enough.");
        provider_.then_text(kForm);
        run("Round prices.");
        ASSERT_EQ(mode_->stage(), PlanStage::kProposed);
    }

    void sign() {
        plan();
        const auto done = mode_->sign("person");
        ASSERT_TRUE(done) << done.error().message();
    }

    // The result of one call in a run of its own.
    std::string call(const std::string& name, const std::string& arguments) {
        provider_.then_call(name, arguments);
        provider_.then_text("done");
        run("go on");
        const auto messages = session_.messages();
        return messages[messages.size() - 2].text;
    }

    std::vector<std::string> offered(std::size_t request) const {
        std::vector<std::string> names;
        for (const auto& tool : provider_.requests.at(request).tools)
            names.push_back(tool.name);
        return names;
    }

    PlanRecord kept() { return book().load()->value(); }

    bool look_first_ = true;
    os::TempDir folder_ = *os::TempDir::create("hearth-plan-mode", "/var/tmp");
    os::TempDir state_ = *os::TempDir::create("hearth-plan-mode");
    sandbox::WorkspaceFiles files_;
    agent::Session session_ = agent::Session::in_memory("/w");
    std::optional<sandbox::Sandbox> box_;
    std::optional<PlanMode> mode_;
    ScriptedProvider provider_;
};

TEST_F(PlanModeTest, WhileItPlansAModelIsOfferedNothingThatChangesAnything) {
    ASSERT_TRUE(mode_->begin());
    provider_.then_call("search", R"({"text":"round"})");
    provider_.then_call("bash", R"({"command":"touch made"})");
    provider_.then_call("write", R"({"path":"money.py","content":"x"})");
    provider_.then_text("I have seen enough.");
    provider_.then_text(kForm);
    run("Round prices.");
    for (std::size_t i = 0; i < provider_.requests.size(); ++i)
        EXPECT_THAT(offered(i), ElementsAre("read", "search")) << i;
    EXPECT_FALSE(files_.exists("made"));
    EXPECT_EQ(*files_.read("money.py"), kMoney);
    const auto messages = session_.messages();
    EXPECT_THAT(messages[3].text, HasSubstr("money.py:1: def round_price"));
    EXPECT_THAT(messages[5].text, HasSubstr("there is no tool 'bash'. The tools are: read, search."));
    EXPECT_THAT(messages[7].text, HasSubstr("there is no tool 'write'"));
}

TEST_F(PlanModeTest, ThePlanIsAskedForInAFormAndWrittenForAPerson) {
    plan();
    ASSERT_EQ(provider_.requests.size(), 2U);
    EXPECT_EQ(provider_.requests[0].answer_schema, "");
    EXPECT_THAT(provider_.requests[1].answer_schema, HasSubstr("round_price"));
    const auto text = *files_.read("PLAN.md");
    EXPECT_EQ(session_.messages().back().text, text);
    EXPECT_THAT(text, HasSubstr("- Half up?"));
    EXPECT_EQ(kept().sha256, os::sha256(text));
    EXPECT_FALSE(kept().in_force());
    EXPECT_EQ(kept().task, "Round prices.");
}

TEST_F(PlanModeTest, WhatIsWrongIsSaidAtOnceAndAskedForAgain) {
    ASSERT_TRUE(mode_->begin());
    provider_.then_text("I have seen enough.");
    provider_.then_text("Just round.");
    provider_.then_text(R"({"goal":"Prices are rounded.","files":[{"file":"price.py","why":"It does not."}],)"
                        R"("steps":[{"file":"price.py","do":"Round."}],"tests":"sh test.sh"})");
    provider_.then_text(kForm);
    run("Round prices.");
    EXPECT_EQ(mode_->stage(), PlanStage::kProposed);
    EXPECT_THAT(mode_->faults(), IsEmpty());
    ASSERT_EQ(provider_.requests.size(), 4U);
    EXPECT_THAT(provider_.requests[2].messages.back().text, HasSubstr("one JSON object and nothing else"));
    EXPECT_THAT(provider_.requests[3].messages.back().text, HasSubstr("There is no file price.py"));
    EXPECT_EQ(provider_.requests[1].sampling.temperature, 0);
    EXPECT_GT(provider_.requests[3].sampling.temperature, 0);
}

TEST_F(PlanModeTest, AModelThatCannotPlanLeavesNothingBehind) {
    ASSERT_TRUE(mode_->begin());
    for (int i = 0; i < 5; ++i)
        provider_.then_text("no");
    run("Round prices.");
    EXPECT_TRUE(provider_.used_up());
    EXPECT_EQ(mode_->stage(), PlanStage::kOff);
    EXPECT_THAT(mode_->faults(), Not(IsEmpty()));
    EXPECT_FALSE(files_.exists("PLAN.md"));
    EXPECT_FALSE(mode_->sign("flag"));
}

TEST_F(PlanModeTest, BeforeTheSignatureWhatIsSaidChangesThePlan) {
    plan();
    auto other = kForm;
    other.replace(other.find("Half up?"), 8, "Half even");
    provider_.then_text(other);
    run("Half even, please.");
    EXPECT_EQ(mode_->stage(), PlanStage::kProposed);
    EXPECT_THAT(offered(provider_.requests.size() - 1), ElementsAre("read", "search"));
    EXPECT_THAT(*files_.read("PLAN.md"), HasSubstr("Half even"));
}

TEST_F(PlanModeTest, ASignedPlanIsToldOnceAndItsFilesMayChange) {
    sign();
    EXPECT_THAT(call("write", R"({"path":"./money.py","content":"# round\n"})"), HasSubstr("Wrote"));
    EXPECT_EQ(*files_.read("money.py"), "# round\n");
    EXPECT_THAT(provider_.requests[2].messages.back().text, HasSubstr("This plan is signed"));
    EXPECT_THAT(offered(2), ElementsAre("read", "write", "edit", "bash"));
    call("read", R"({"path":"money.py"})");
    int told = 0;
    for (const auto& message : session_.messages())
        told += message.text.find("This plan is signed") != std::string::npos ? 1 : 0;
    EXPECT_EQ(told, 1);
    EXPECT_EQ(mode_->steps_done(), 1U);
    EXPECT_GT(kept().steps_done_ms[0], 0);
}

TEST_F(PlanModeTest, AFileThatThePlanDoesNotNameStaysAsItIs) {
    sign();
    const auto said = call("write", R"({"path":"util.py","content":"B = 2\n"})");
    EXPECT_THAT(said, HasSubstr("Not written: the signed plan is about money.py."));
    EXPECT_EQ(*files_.read("util.py"), "A = 1\n");
    const auto outside = (folder_.path() / "util.py").string();
    EXPECT_THAT(call("edit", R"({"path":")" + outside + R"(","old_text":"A","new_text":"B"})"),
                HasSubstr("Not written"));
    ASSERT_EQ(kept().deviations.size(), 1U);
    EXPECT_EQ(kept().deviations[0].path, "util.py");
    ASSERT_TRUE(mode_->allow("util.py", "person"));
    EXPECT_THAT(call("write", R"({"path":"util.py","content":"B = 2\n"})"), HasSubstr("Wrote"));
    EXPECT_EQ(kept().signature->sha256, os::sha256(*files_.read("PLAN.md")));
}

TEST_F(PlanModeTest, ACommandChangesOnlyFilesOfThePlan) {
    sign();
    const auto said = call(
        "bash",
        R"({"command":"echo round > money.py; echo B > util.py; echo x > new.py; rm test.sh; echo ran"})");
    EXPECT_THAT(said, HasSubstr("ran"));
    EXPECT_THAT(said,
                HasSubstr("[not kept, because the signed plan does not name it: new.py, util.py, test.sh]"));
    EXPECT_EQ(*files_.read("money.py"), "round\n");
    EXPECT_EQ(*files_.read("util.py"), "A = 1\n");
    EXPECT_FALSE(files_.exists("new.py"));
    EXPECT_TRUE(files_.exists("test.sh"));
    EXPECT_EQ(mode_->steps_done(), 1U);
}

TEST_F(PlanModeTest, ThatTheTestsPassTicksWhatIsLeft) {
    sign();
    call("bash", R"({"command":"sh test.sh"})");
    EXPECT_EQ(mode_->steps_done(), 1U);  // the step of no file; that of money.py waits for a change
    call("bash", R"({"command":"echo round again >> money.py && sh test.sh"})");
    EXPECT_EQ(mode_->steps_done(), 2U);
    EXPECT_EQ(mode_->record().plan.steps.size(), 2U);
}

TEST_F(PlanModeTest, AChangedPlanStopsTheWorkUntilItIsSignedAnew) {
    sign();
    ASSERT_TRUE(files_.write("PLAN.md", *files_.read("PLAN.md") + "- one more\n"));
    for (const auto& [name, arguments] : {std::pair("write", R"({"path":"money.py","content":"x"})"),
                                          std::pair("bash", R"({"command":"echo x > money.py"})")})
        EXPECT_THAT(call(name, arguments), HasSubstr("no longer the text that was signed")) << name;
    EXPECT_EQ(*files_.read("money.py"), kMoney);
    ASSERT_TRUE(mode_->sign("person"));
    EXPECT_THAT(call("write", R"({"path":"money.py","content":"x"})"), HasSubstr("Wrote"));
    EXPECT_THAT(mode_->record().plan.questions, ElementsAre("Half up?", "one more"));
}

TEST_F(PlanModeTest, WhatAPersonWroteIsCheckedBeforeItIsSigned) {
    plan();
    auto text = *files_.read("PLAN.md");
    text.replace(text.find("round_price"), 11, "no_function");
    ASSERT_TRUE(files_.write("PLAN.md", text));
    const auto done = mode_->sign("person");
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message(), HasSubstr("money.py has no function no_function"));
    EXPECT_EQ(mode_->stage(), PlanStage::kProposed);
}

TEST_F(PlanModeTest, ASignedPlanIsInForceAgainInItsSessionAndInNoOther) {
    sign();
    PlanMode again(setup());
    const auto note = again.use_session("s", book());
    ASSERT_TRUE(note) << note.error().message();
    EXPECT_EQ(*note, "The signed plan is in force: 0 of 2 steps are done.");
    EXPECT_EQ(again.stage(), PlanStage::kSigned);
    ASSERT_TRUE(again.use_session("t", PlanBook::of_session(state_.path(), "t")));
    EXPECT_EQ(again.stage(), PlanStage::kOff);
    ASSERT_TRUE(mode_->drop());
    ASSERT_TRUE(again.use_session("s", book()));
    EXPECT_EQ(again.stage(), PlanStage::kOff);
}

TEST_F(PlanModeTest, APlanOfSomebodyElseIsNotOverwritten) {
    ASSERT_TRUE(files_.write("PLAN.md", "Buy milk.\n"));
    const auto begun = mode_->begin();
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().code(), Code::kConflict);
    EXPECT_EQ(*files_.read("PLAN.md"), "Buy milk.\n");
}

TEST_F(PlanModeTest, WithoutAPlanNothingIsDifferent) {
    call("write", R"({"path":"util.py","content":"B = 2\n"})");
    EXPECT_THAT(offered(0), ElementsAre("read", "write", "edit", "bash"));
    EXPECT_EQ(*files_.read("util.py"), "B = 2\n");
    EXPECT_EQ(session_.messages()[1].text, "go on");
}

}  // namespace
}  // namespace hearth::scaffold
