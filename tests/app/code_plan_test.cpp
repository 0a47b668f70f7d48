#include "app/code_plan.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "app/code_plan_desk.h"
#include "app/code_report.h"
#include "os/files.h"
#include "scaffold/work_plan.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using Way = SignOff::Way;

scaffold::PlanRecord sample() {
    scaffold::PlanRecord record;
    record.task = "round";
    record.plan = {.goal = "Prices are rounded.",
                   .files = {{.path = "money.py", .why = "It does not round."}},
                   .steps = {{"money.py", "Round."}, {"", "Test."}}};
    record.steps_done_ms = {5, 0};
    return record;
}

class CodePlanTest : public testing::Test {
protected:
    void config(std::string_view text) {
        ASSERT_TRUE(os::write_file_atomic(paths_.config / "config.toml", text));
    }

    std::string script(std::string_view body) {
        const auto file = folder_.path() / "hook";
        EXPECT_TRUE(os::write_file_atomic(file, "#!/bin/sh\n" + std::string(body), 0755));
        return file.string();
    }

    SignAnswer ask_hook(std::string_view body) {
        const auto answer =
            make_signer({.way = Way::kHook, .hook = {script(body), "argument"}}, {})(sample());
        EXPECT_TRUE(answer) << answer.error().message();
        return answer.value_or(SignAnswer());
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-code-plan");
    os::Paths paths_{.config = folder_.path() / "config"};
};

TEST_F(CodePlanTest, NobodySignsUnlessItIsSaidWho) {
    EXPECT_EQ(parse_sign_off(paths_, "", false)->way, Way::kNone);
    EXPECT_EQ(parse_sign_off(paths_, "", true)->way, Way::kAsk);
    EXPECT_EQ(parse_sign_off(paths_, "yes", false)->way, Way::kYes);
    EXPECT_EQ(parse_sign_off(paths_, "no", true)->way, Way::kNo);
    for (const auto way : {Way::kNone, Way::kNo})
        EXPECT_EQ(make_signer({.way = way}, {})(sample())->by, "");
    EXPECT_EQ(make_signer({.way = Way::kYes}, {})(sample())->by, "flag");
    EXPECT_EQ(make_signer({.way = Way::kFile}, {})(sample())->by, "file");
}

TEST_F(CodePlanTest, AFileIsAPlanOrAnError) {
    const auto file = (folder_.path() / "PLAN.md").string();
    EXPECT_THAT(parse_sign_off(paths_, file, false).error().message(),
                HasSubstr("--sign-off takes yes, hook or"));
    ASSERT_TRUE(os::write_file_atomic(file, "Buy milk.\n"));
    EXPECT_THAT(parse_sign_off(paths_, file, false).error().message(), HasSubstr("line 1"));
    const auto text = scaffold::plan_markdown(sample().plan);
    ASSERT_TRUE(os::write_file_atomic(file, text));
    const auto sign_off = parse_sign_off(paths_, file, false);
    ASSERT_TRUE(sign_off) << sign_off.error().message();
    EXPECT_EQ(sign_off->way, Way::kFile);
    EXPECT_EQ(sign_off->plan, text);
}

TEST_F(CodePlanTest, AHookIsNamedInTheConfiguration) {
    EXPECT_THAT(parse_sign_off(paths_, "hook", false).error().message(), HasSubstr("[code] sign_off ="));
    config("[code]\nsign_off = [\"/bin/true\", \"x\"]\n");
    const auto sign_off = parse_sign_off(paths_, "hook", false);
    ASSERT_TRUE(sign_off) << sign_off.error().message();
    EXPECT_EQ(sign_off->way, Way::kHook);
    EXPECT_THAT(sign_off->hook, ElementsAre("/bin/true", "x"));
    config("[code]\nsignoff = \"x\"\n");
    EXPECT_THAT(parse_sign_off(paths_, "hook", false).error().message(), HasSubstr("config.toml:2:1"));
}

TEST_F(CodePlanTest, AHookReadsThePlanAndSignsWithStatus0) {
    const auto seen = (folder_.path() / "seen").string();
    EXPECT_EQ(ask_hook("cat > " + seen + "\n[ \"$1\" = argument ]\n").by, "hook");
    const auto given = os::read_file(seen).value();
    EXPECT_THAT(given, HasSubstr(R"("goal":"Prices are rounded.")"));
    EXPECT_THAT(given, HasSubstr(R"("markdown":"# Plan)"));
    const auto refused = ask_hook("echo 'Half up, please.'\nexit 3\n");
    EXPECT_EQ(refused.by, "");
    EXPECT_EQ(refused.words, "Half up, please.");
    EXPECT_EQ(ask_hook("exit 1\n").words, "");
}

TEST_F(CodePlanTest, AHookThatIsNotThereIsAnErrorAndSignsNothing) {
    const auto answer = make_signer({.way = Way::kHook, .hook = {"/no/such/program"}}, {})(sample());
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message(), HasSubstr("sign_off in config.toml"));
}

TEST_F(CodePlanTest, TheReportSaysWhatBecameOfThePlan) {
    CodeResult result;
    result.work_plan = sample();
    EXPECT_THAT(render_result(result, false), HasSubstr("plan              PLAN.md, not signed\n"));
    result.work_plan->signature = scaffold::PlanSignature{"person", 1, "x"};
    result.work_plan->deviations = {{"util.py", 1}};
    const auto text = render_result(result, false);
    EXPECT_THAT(text, HasSubstr("plan              PLAN.md, 1 of 2 steps done\n"));
    EXPECT_THAT(text, HasSubstr("not in the plan   util.py (left as it was)\n"));
    EXPECT_THAT(result_json(result), HasSubstr(R"("plan":{"schema":1)"));
    result.plan_faults = {"Say the goal."};
    EXPECT_THAT(result_json(result), HasSubstr(R"("plan_faults":["Say the goal."])"));
}

class PlanDeskTest : public CodePlanTest {
protected:
    PlanDeskTest() {
        EXPECT_TRUE(files_.write("money.py", "A = 1\n"));
        EXPECT_TRUE(desk_.use_session("s"));
    }

    tui::PlanReply say(const std::string& words) {
        const auto reply = desk_.say(words, [this](const std::string& text) -> Result<std::string> {
            return edited_.empty() ? text : edited_;
        });
        EXPECT_TRUE(reply) << reply.error().message();
        return reply.value_or(tui::PlanReply());
    }

    sandbox::WorkspaceFiles files_ = *sandbox::WorkspaceFiles::open(folder_.path());
    scaffold::PlanMode mode_{{.files = files_, .workspace = "/w"}};
    std::string signed_;
    std::optional<Error> fails_;
    PlanDesk desk_{{.mode = mode_,
                    .files = files_,
                    .plans = folder_.path() / "plans",
                    .on_signed = [this](const scaffold::PlanRecord& plan) -> Status {
                        if (fails_) return *fails_;
                        signed_ = plan.signature->sha256;
                        return {};
                    }}};
    std::string edited_;
};

TEST_F(PlanDeskTest, ATaskIsPlannedThenOfferedOnceAndSigned) {
    EXPECT_EQ(say("round it").prompt, "round it");
    EXPECT_EQ(mode_.stage(), scaffold::PlanStage::kPlanning);
    ASSERT_TRUE(mode_.adopt(scaffold::plan_markdown(sample().plan), "round it"));
    EXPECT_TRUE(desk_.news().waits);
    EXPECT_FALSE(desk_.news().waits);
    const auto reply = say("sign");
    EXPECT_EQ(reply.prompt, "Go on with the plan.");
    EXPECT_EQ(signed_, os::sha256(*files_.read("PLAN.md")));
    EXPECT_THAT(say("").note, HasSubstr("Signed, 0 of 2 steps done:\n  [ ] money.py: Round."));
}

TEST_F(PlanDeskTest, ASignatureThatCannotBeRecordedIsNone) {
    ASSERT_TRUE(mode_.adopt(scaffold::plan_markdown(sample().plan), "round it"));
    fails_ = Error(Code::kDiskFull, "no room");
    EXPECT_EQ(desk_.say("sign", {}).error().code(), Code::kDiskFull);
    EXPECT_NE(mode_.stage(), scaffold::PlanStage::kSigned);
}

TEST_F(PlanDeskTest, APlanThatWasEditedIsOfferedAgain) {
    ASSERT_TRUE(mode_.adopt(scaffold::plan_markdown(sample().plan), "round it"));
    EXPECT_TRUE(desk_.news().waits);
    auto other = sample().plan;
    other.goal = "Prices are rounded half up.";
    edited_ = scaffold::plan_markdown(other);
    EXPECT_TRUE(say("edit").redraw);
    EXPECT_TRUE(desk_.news().waits);
    EXPECT_EQ(mode_.record().plan.goal, "Prices are rounded half up.");
    EXPECT_EQ(mode_.record().task, "round it");
    edited_ = "not a plan";
    EXPECT_FALSE(desk_.say("edit", [this](const std::string&) -> Result<std::string> { return edited_; }));
}

TEST_F(PlanDeskTest, WithoutAPlanThereIsNothingToSignOrToAllow) {
    EXPECT_FALSE(desk_.say("sign", {}));
    EXPECT_FALSE(desk_.say("allow x.py", {}));
    EXPECT_FALSE(desk_.say("edit", {}));
    EXPECT_THAT(say("").note, HasSubstr("No plan"));
}

}  // namespace
}  // namespace hearth::app
