// A run with a memory: only the model and its tools are scripted.
#include "scaffold/memory_keeper.h"

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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class MemoryKeeperTest : public testing::Test {
protected:
    MemoryKeeperTest()
        : files_(*sandbox::WorkspaceFiles::open(folder_.path())),
          bank_(**MemoryBank::open(folder_.path(), true)) {
        EXPECT_TRUE(files_.write("a.py", "A = 1\n"));
        std::tie(tools_, bash_) = test::tools_with_scripted_bash(files_);
        keeper_.emplace(MemoryKeeper::Setup{.bank = bank_,
                                            .files = files_,
                                            .model = "tiny",
                                            .test_command = "make test",
                                            .plan = [this] { return plan_ ? &*plan_ : nullptr; },
                                            .warn = [this](std::string_view text) { warned_ += text; }});
        keeper_->use_session("s");
    }

    void run(const std::string& prompt) {
        const agent::LoopParts parts{session_, provider_, tools_, {&*keeper_}, {}};
        const auto outcome = agent::run_loop(parts, prompt, {.system = "system"}, {});
        ASSERT_TRUE(outcome) << outcome.error().message();
    }

    SessionProgress kept() {
        return parse_progress(os::read_file(folder_.path() / ".hearth/memory/progress.json").value())
            .value()
            .back();
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-keeper");
    sandbox::WorkspaceFiles files_;
    MemoryBank bank_;
    agent::Session session_ = agent::Session::in_memory("/w");
    agent::ToolBox tools_;
    test::ScriptedBash* bash_ = nullptr;
    std::optional<PlanRecord> plan_;
    std::optional<MemoryKeeper> keeper_;
    ScriptedProvider provider_;
    std::string warned_;
};

TEST_F(MemoryKeeperTest, NotesStandBehindTheFirstPromptAndNowhereElse) {
    ASSERT_TRUE(bank_.decide("Money is kept in cents."));
    provider_.then_text("one");
    provider_.then_text("two");
    run("first");
    run("second");
    const auto messages = session_.messages();
    EXPECT_EQ(messages[0].text, "system");
    EXPECT_THAT(messages[1].text, testing::StartsWith("first\n\nNotes of this project"));
    EXPECT_THAT(messages[1].text, HasSubstr("Money is kept in cents."));
    EXPECT_EQ(messages[3].text, "second");
}

TEST_F(MemoryKeeperTest, NotesThatACompactionTookComeBack) {
    provider_.then_text("one");
    run("first");
    // As a context without its first messages looks.
    chat::Request shortened;
    shortened.messages = {{.role = chat::Role::kUser, .text = "a summary"}};
    keeper_->shape(shortened);
    std::string feedback;
    ASSERT_TRUE(keeper_->after_tools(feedback, {}));
    EXPECT_THAT(feedback, HasSubstr("Notes of this project"));
    provider_.then_text("two");
    keeper_->shape(shortened);
    run("second");
    EXPECT_THAT(session_.messages()[3].text, HasSubstr("Notes of this project"));
}

TEST_F(MemoryKeeperTest, FilesAndTestsAreKeptAsTheyWereSeen) {
    bash_->says = {"1 failed, 2 passed in 0.1s\n[exit status 1]", true};
    provider_.then_call("bash", R"({"command":"make test"})");
    provider_.then_call("write", R"({"path":"b.py","content":"B = 1\n"})");
    provider_.then_do([this](const chat::Request&, const chat::EventSink&, std::stop_token) {
        bash_->says = {"3 passed in 0.1s", false};
        EXPECT_TRUE(files_.write("a.py", "A = 2\n"));  // as a command would
        chat::Reply reply;
        reply.answers.push_back(
            {{.role = chat::Role::kAssistant, .tool_calls = {{"", "bash", R"({"command":" make test "})"}}},
             chat::StopReason::kToolCalls});
        return Result<chat::Reply>(std::move(reply));
    });
    provider_.then_text("done");
    run("mend it");
    const auto now = kept();
    EXPECT_EQ(now.session, "s");
    EXPECT_EQ(now.task, "mend it");
    EXPECT_EQ(now.model, "tiny");
    EXPECT_THAT(now.files, ElementsAre("a.py", "b.py"));
    EXPECT_EQ(now.test_command, "make test");
    EXPECT_EQ(now.tests_before, "2 of 3 tests pass");
    EXPECT_EQ(now.tests_after, "all 3 tests pass");
    EXPECT_EQ(now.green, true);
    EXPECT_EQ(warned_, "");
}

TEST_F(MemoryKeeperTest, ASignedPlanIsADecisionAndItsStepsAreCounted) {
    plan_.emplace();
    plan_->plan = {.goal = "Prices are rounded.",
                   .files = {{.path = "a.py", .why = "It does not."}},
                   .steps = {{"a.py", "Round."}, {"", "Test."}}};
    plan_->steps_done_ms = {5, 0};
    provider_.then_text("nothing signed");
    run("go");
    EXPECT_EQ(kept().plan_goal, "");
    plan_->signature = PlanSignature{"person", 1, "abc"};
    provider_.then_text("signed");
    run("go on");
    EXPECT_EQ(kept().plan_goal, "Prices are rounded.");
    EXPECT_EQ(kept().plan_steps_done, 1);
    const auto decisions =
        os::read_file(folder_.path() / ".hearth/memory/architectural_decisions.md").value();
    EXPECT_THAT(decisions, HasSubstr("Prices are rounded. a.py: It does not. (signed by person)"));
}

TEST_F(MemoryKeeperTest, AMemoryThatCannotBeKeptDoesNotStopTheWork) {
    ASSERT_TRUE(os::write_file_atomic(folder_.path() / ".hearth/memory/progress.json",
                                      R"({"schema":2,"sessions":[]})"));
    provider_.then_text("done");
    run("go");
    EXPECT_THAT(warned_, HasSubstr("version 2"));
}

}  // namespace
}  // namespace hearth::scaffold
