#include "policy/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <tuple>
#include <vector>

#include "os/files.h"
#include "policy/parse_policy.h"
#include "support/scripted_bash.h"

namespace hearth::policy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class GateTest : public testing::Test {
protected:
    GateTest() { open(""); }

    // A session: with what was kept, and without what was said for a session.
    void open(std::string_view policy, Permissions permissions = Permissions::kAsk) {
        auto parsed = parse_policy(policy, "policy.hearth");
        ASSERT_TRUE(parsed) << parsed.error().message();
        gate_ = std::make_shared<Gate>(Gate::Setup{.policies = {*std::move(parsed)},
                                                   .permissions = permissions,
                                                   .files = files_,
                                                   .book = book_,
                                                   .secrets = std::make_shared<KnownSecrets>(),
                                                   .record = [this](const Judgement& judgement) -> Status {
                                                       if (!recorded_)
                                                           return Error(Code::kDiskFull, "the disk is full");
                                                       records_.push_back(judgement);
                                                       return {};
                                                   }});
        test::ScriptedBash* bash = nullptr;
        agent::ToolBox tools;
        std::tie(tools, bash) = test::tools_with_scripted_bash(files_);
        bash->does = [this] { ++ran_; };
        tools_ = gated(std::move(tools), gate_);
    }

    void answer(Answer answer, std::string words = "") {
        gate_->ask(
            [this, answer, words](const Question& question, std::stop_token) -> Result<Reply> {
                questions_.push_back(question);
                return Reply{answer, words};
            },
            "person");
    }

    agent::ToolResult call(std::string_view name, std::string_view arguments) {
        for (const auto& tool : tools_) {
            if (tool->description().name != name) continue;
            auto result = tool->run(arguments, {}, {});
            EXPECT_TRUE(result) << result.error().message();
            return result.value_or(agent::ToolResult{"failed", true});
        }
        return {"there is no such tool", true};
    }

    agent::ToolResult bash(const std::string& command) {
        return call("bash", R"({"command":")" + command + "\"}");
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-gate");
    os::TempDir state_ = *os::TempDir::create("hearth-gate-state");
    sandbox::WorkspaceFiles files_ = *sandbox::WorkspaceFiles::open(folder_.path());
    DecisionBook book_{state_.path() / "decisions.json"};
    std::shared_ptr<Gate> gate_;
    agent::ToolBox tools_;
    std::vector<Question> questions_;
    std::vector<Judgement> records_;
    bool recorded_ = true;
    int ran_ = 0;
};

TEST_F(GateTest, WhatIsForbiddenDoesNotRunAndTheModelIsToldWhy) {
    open(
        "@id(\"rm\") @reason(\"Use git clean.\") forbid (action == Action::\"bash\", resource) when { "
        "context.programs.contains(\"rm\") };",
        Permissions::kAuto);
    answer(Answer::kOnce);
    const auto result = bash("rm x");
    EXPECT_TRUE(result.is_error);
    EXPECT_THAT(result.text, HasSubstr("rule 'rm' of policy.hearth forbids it. Use git clean."));
    EXPECT_THAT(questions_, IsEmpty());
    EXPECT_EQ(ran_, 0);
    EXPECT_EQ(bash("ls").text, "ran");
    ASSERT_THAT(records_, SizeIs(2));
    EXPECT_FALSE(records_[0].permitted);
    EXPECT_EQ(records_[0].by, "rule");
    EXPECT_EQ(records_[0].rule, "rm");
    EXPECT_TRUE(records_[1].permitted);
    EXPECT_EQ(records_[1].by, "permissions");
}

TEST_F(GateTest, ReadingIsNotAskedForAndChangesAre) {
    ASSERT_TRUE(files_.write("a", "old\n"));
    answer(Answer::kNo);
    EXPECT_THAT(call("read", R"({"path":"a"})").text, HasSubstr("old"));
    EXPECT_THAT(questions_, IsEmpty());
    EXPECT_THAT(call("write", R"({"path":"a","content":"new\n"})").text, HasSubstr("the answer is no"));
    EXPECT_EQ(*files_.read("a"), "old\n");
    ASSERT_THAT(questions_, SizeIs(1));
    EXPECT_THAT(questions_[0].text, HasSubstr("-old\n+new"));
    EXPECT_EQ(questions_[0].why, "--permissions ask asks.");
    EXPECT_EQ(questions_[0].folder, files_.root().string());
    answer(Answer::kOnce);
    EXPECT_FALSE(call("write", R"({"path":"a","content":"new\n"})").is_error);
    EXPECT_EQ(*files_.read("a"), "new\n");
}

TEST_F(GateTest, OnceIsOnceAndASessionEndsWithIt) {
    answer(Answer::kOnce);
    bash("ls");
    bash("ls");
    EXPECT_THAT(questions_, SizeIs(2));
    answer(Answer::kSession);
    bash("ls");
    bash("ls");
    EXPECT_THAT(questions_, SizeIs(3));
    EXPECT_EQ(records_.back().by, "session");
    bash("ls -l");
    EXPECT_THAT(questions_, SizeIs(4));
    open("");
    answer(Answer::kNo);
    bash("ls");
    EXPECT_THAT(questions_, SizeIs(5));
    EXPECT_EQ(ran_, 5);
}

TEST_F(GateTest, AlwaysIsForTheNextSessionTooUntilThePolicyChanges) {
    answer(Answer::kAlways);
    EXPECT_EQ(bash("make test").text, "ran");
    open("");
    EXPECT_EQ(bash("make test").text, "ran");  // nobody is there to ask
    EXPECT_EQ(records_.back().by, "kept");
    EXPECT_TRUE(bash("make tests").is_error);
    open("// another text\n");
    EXPECT_TRUE(bash("make test").is_error);
    EXPECT_EQ(ran_, 2);
    const auto all = *book_.list();
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].folder, files_.root().string());
}

TEST_F(GateTest, WhatWasForgottenIsAskedForAtOnce) {
    answer(Answer::kAlways);
    bash("ls");
    bash("ls");
    EXPECT_THAT(questions_, SizeIs(1));
    ASSERT_TRUE(book_.forget(""));
    bash("ls");
    EXPECT_THAT(questions_, SizeIs(2));
}

TEST_F(GateTest, AKeptDecisionIsNoPermissionForWhatIsForbiddenNow) {
    answer(Answer::kAlways);
    bash("ls");
    open("forbid (action == Action::\"bash\", resource);");
    EXPECT_THAT(bash("ls").text, HasSubstr("forbids it"));
}

TEST_F(GateTest, WithNobodyToAskNothingIsDone) {
    const auto result = bash("ls");
    EXPECT_TRUE(result.is_error);
    EXPECT_THAT(result.text, HasSubstr("nobody can be asked"));
    EXPECT_EQ(records_.back().by, "nobody");
    EXPECT_FALSE(records_.back().permitted);
    answer(Answer::kOnce);
    gate_->ask({}, "");
    EXPECT_TRUE(bash("ls").is_error);
    EXPECT_EQ(ran_, 0);
}

TEST_F(GateTest, ANoSaysWhatThePersonSays) {
    answer(Answer::kNo, "Use the Makefile.");
    EXPECT_THAT(bash("cc a.c").text, HasSubstr("They say: Use the Makefile."));
    EXPECT_EQ(records_.back().answer, "no");
    EXPECT_EQ(records_.back().by, "person");
}

TEST_F(GateTest, AnAnswerThatDoesNotComeIsANo) {
    gate_->ask([](const Question&,
                  std::stop_token) -> Result<Reply> { return Error(Code::kUnavailable, "no terminal"); },
               "person");
    EXPECT_THAT(bash("ls").text, HasSubstr("no answer came: no terminal"));
    EXPECT_EQ(ran_, 0);
}

TEST_F(GateTest, WhatCannotBeRecordedIsNotDone) {
    recorded_ = false;
    answer(Answer::kOnce);
    for (const auto& tool : tools_) {
        if (tool->description().name != "bash") continue;
        const auto result = tool->run(R"({"command":"ls"})", {}, {});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code(), Code::kDiskFull);
    }
    EXPECT_EQ(ran_, 0);
}

TEST_F(GateTest, ACallThatTheToolWouldRefuseIsNotAskedFor) {
    answer(Answer::kOnce);
    EXPECT_THAT(call("edit", R"({"path":"nothing","old_text":"a","new_text":"b"})").text,
                HasSubstr("Error: "));
    EXPECT_THAT(questions_, IsEmpty());
}

TEST_F(GateTest, TheModeIsInteractiveWhereAPersonIsAsked) {
    open("forbid (action, resource) when { context.mode == \"headless\" };", Permissions::kAuto);
    EXPECT_TRUE(bash("ls").is_error);
    answer(Answer::kOnce);
    EXPECT_FALSE(bash("ls").is_error);
}

TEST_F(GateTest, SecretsAreNeitherShownNorKept) {
    auto secrets = std::make_shared<KnownSecrets>();
    secrets->add("token", "s3cr3t-s3cr3t-s3cr3t");
    std::vector<Policy> none;
    gate_ = std::make_shared<Gate>(Gate::Setup{.policies = none,
                                               .permissions = Permissions::kAsk,
                                               .files = files_,
                                               .book = book_,
                                               .secrets = secrets,
                                               .record = [](const Judgement&) -> Status { return {}; }});
    answer(Answer::kAlways);
    const auto refused =
        gate_->judge("bash", R"({"command":"echo s3cr3t-s3cr3t-s3cr3t"})", "echo s3cr3t-s3cr3t-s3cr3t", {});
    ASSERT_TRUE(refused) << refused.error().message();
    EXPECT_FALSE(refused->has_value());
    EXPECT_THAT(questions_.at(0).text, Not(HasSubstr("s3cr3t-s3cr3t")));
    EXPECT_THAT(questions_.at(0).arguments, Not(HasSubstr("s3cr3t-s3cr3t")));
    EXPECT_THAT(*os::read_file(state_.path() / "decisions.json"), Not(HasSubstr("s3cr3t-s3cr3t")));
}

TEST_F(GateTest, ASearchShowsNoFileThatReadWouldNot) {
    ASSERT_TRUE(files_.write("keys/a.pem", "needle\n"));
    ASSERT_TRUE(files_.write("notes/b.md", "needle\n"));
    ASSERT_TRUE(files_.write("src/c.py", "needle\n"));
    const auto search = [this](std::string_view policy, std::string_view arguments) {
        open(policy, Permissions::kAuto);
        answer(Answer::kOnce);
        return agent::search_tool(files_, shown_by(gate_))->run(arguments, {}, {})->text;
    };
    constexpr auto kRules =
        "forbid (action == Action::\"read\", resource in Folder::\"keys\");"
        "ask (action == Action::\"read\", resource) when { resource.path like \"*.md\" };";
    EXPECT_EQ(search(kRules, R"({"text":"needle"})"),
              "src/c.py:1: needle\n[left out: 2 files that may not be read without permission]\n");
    EXPECT_EQ(search(kRules, "{}"),
              "src/c.py\n[left out: 2 files that may not be read without permission]\n");
    EXPECT_EQ(search(kRules, R"({"folder":"keys"})"),
              "[no files]\n[left out: 1 file that may not be read without permission]\n");
    EXPECT_EQ(search("forbid (action == Action::\"write\", resource);", "{}"),
              "keys/a.pem\nnotes/b.md\nsrc/c.py\n");
    EXPECT_THAT(questions_, IsEmpty());
    EXPECT_FALSE(shown_by(nullptr));
}

TEST_F(GateTest, ARequestIsForbiddenByARuleAlone) {
    open("forbid (action == Action::\"connect\", resource) when { resource.host == \"bad.example\" };");
    EXPECT_THAT(gate_->refuses_request("bad.example", 443, "GET"), HasSubstr("forbids it"));
    EXPECT_EQ(gate_->refuses_request("good.example", 443, "GET"), "");
}

}  // namespace
}  // namespace hearth::policy
