// Runs with evidence: files and session are real, only the model is scripted.
#include "scaffold/evidence_keeper.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include <boost/json.hpp>

#include "agent/loop.h"
#include "agent/session_store.h"
#include "core/json.h"
#include "os/files.h"
#include "sandbox/sandbox.h"
#include "support/scripted_bash.h"
#include "support/scripted_provider.h"

namespace hearth::scaffold {
namespace {

using test::ScriptedProvider;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::string call_of(std::string_view source, std::string_view snippet, std::string_view note = "note") {
    return json::serialize(json::object{{"source", source}, {"note", note}, {"snippet", snippet}});
}

class EvidenceKeeperTest : public testing::Test {
protected:
    EvidenceKeeperTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())) {
        EXPECT_TRUE(files_.write("a.py", "def f(x):\n    return x + 1\n"));
        EXPECT_TRUE(files_.write("keys/a.pem", "PRIVATE\n"));
        use(*agent::new_session(place_));
        open({.files = files_, .may_show = {}, .secrets = nullptr});
    }

    void open(EvidenceKeeper::Setup setup) {
        keeper_.emplace(std::move(setup));
        tools_ = agent::core_tools(files_, [this] { return box(); }, {});
        for (auto& each : keeper_->tools())
            tools_.push_back(std::move(each));
    }

    void use(agent::Session session) { session_ = std::make_unique<agent::Session>(std::move(session)); }

    void run(const std::string& prompt) {
        const agent::LoopParts parts{*session_, provider_, tools_, {&*keeper_}, {}};
        const auto outcome = agent::run_loop(parts, prompt, {.system = "system"}, {});
        ASSERT_TRUE(outcome) << outcome.error().message();
    }

    // What a call says in a run of its own.
    std::string says(std::string tool, std::string arguments) {
        provider_.then_call(std::move(tool), std::move(arguments));
        provider_.then_text("done");
        run("go");
        return session_->messages().end()[-2].text;
    }

    std::string add(std::string_view source, std::string_view snippet, std::string_view note = "note") {
        return says("evidence_add", call_of(source, snippet, note));
    }

    std::string get(std::string arguments = "{}") { return says("evidence_get", std::move(arguments)); }

    void compact() {
        ASSERT_TRUE(session_->append_entry("compaction",
                                           R"({"summary":"s","firstKeptEntryId":"","tokensBefore":1})"));
    }

    Result<const sandbox::Sandbox*> box() {
        if (!box_) {
            sandbox::Policy policy;
            policy.workspace = folder_.path();
            box_.emplace(TRY(sandbox::Sandbox::open(policy)));
        }
        return &*box_;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-evidence");
    os::TempDir state_ = *os::TempDir::create("hearth-evidence-state");
    agent::SessionPlace place_{.folder = state_.path(), .workspace = folder_.path()};
    sandbox::WorkspaceFiles files_;
    std::optional<sandbox::Sandbox> box_;
    std::unique_ptr<agent::Session> session_;
    std::optional<EvidenceKeeper> keeper_;
    agent::ToolBox tools_;
    ScriptedProvider provider_;
};

TEST_F(EvidenceKeeperTest, AQuoteOfAFileIsKeptAsItStandsThere) {
    EXPECT_EQ(get(), "[no evidence is kept]");
    EXPECT_EQ(add("./a.py", "f(x): return x + 1", "adds  one"), "Kept as e1, from a.py.");
    EXPECT_EQ(add("a.py:2", "return x"), "Kept as e2, from a.py.");
    EXPECT_EQ(add("a.py", "return x", "again"), "e2 has it already: note");
    EXPECT_EQ(get(), "e1 a.py: adds one\ne2 a.py: note\n");
    EXPECT_EQ(get(""), get());
    EXPECT_EQ(get(R"({"id":"e1"})"), "e1, from a.py: adds one\nf(x):\n    return x + 1");
    EXPECT_EQ(get(R"({"id":2})"), "e2, from a.py: note\nreturn x");
    EXPECT_THAT(get(R"({"id":"e7"})"),
                AllOf(StartsWith("Error: there is no evidence 'e7'"), HasSubstr("e1 a.py")));
}

TEST_F(EvidenceKeeperTest, WhatTheSourceDoesNotHaveIsNotKept) {
    EXPECT_THAT(add("a.py", "return x + 2"),
                AllOf(StartsWith("Error: the snippet does not stand in a.py"), HasSubstr("2: return x + 1")));
    EXPECT_THAT(add("b.py", "return x + 2"), StartsWith("Error: there is no file 'b.py'"));
    EXPECT_THAT(add("../a.py", "return"), StartsWith("Error: "));
    EXPECT_EQ(get(), "[no evidence is kept]");
}

TEST_F(EvidenceKeeperTest, OutputOfACommandIsASource) {
    provider_.then_call("bash", R"({"command":"echo 'total is 41'; exit 1"})");
    provider_.then_call("evidence_add", call_of("echo 'total is 41'; exit 1", "total is 41"));
    provider_.then_text("done");
    run("go");
    EXPECT_EQ(session_->messages().end()[-2].text, "Kept as e1, from bash: echo 'total is 41'; exit 1.");
}

TEST_F(EvidenceKeeperTest, OutputOfTheCallBeforeInTheSameAnswerIsASource) {
    provider_.then({{.role = chat::Role::kAssistant,
                     .tool_calls = {{"", "read", R"({"path":"a.py"})"},
                                    {"", "evidence_add", call_of("read", "def f(x):")}}}});
    provider_.then_text("done");
    run("go");
    EXPECT_EQ(session_->messages().end()[-2].text, "Kept as e1, from read: a.py.");
}

TEST_F(EvidenceKeeperTest, CallsThatAreWrongAreSaidToBe) {
    const std::string needs = "Error: evidence_add needs";
    EXPECT_THAT(says("evidence_add", "{}"), StartsWith(needs));
    EXPECT_THAT(says("evidence_add", R"({"source":"a.py","note":["n"],"snippet":"x"})"), StartsWith(needs));
    EXPECT_THAT(add("a.py", ""), StartsWith(needs));
    EXPECT_THAT(add("a.py", " \n"), StartsWith(needs));
    EXPECT_THAT(add("a.py", "x", ""), StartsWith(needs));
    EXPECT_THAT(add("a.py", std::string(1025, 'x')),
                StartsWith("Error: the snippet has 1025 bytes, and 1024 are the most"));
    for (const auto& tool : tools_) {
        const auto name = tool->description().name;
        if (!name.starts_with("evidence")) continue;
        const auto result = tool->run("{\"source\":\"a.py\",\"note\":\"n\",\"snippet\":\"\xff\"}", {}, {});
        EXPECT_TRUE(result->is_error) << name;
    }
    EXPECT_EQ(get(), "[no evidence is kept]");
}

TEST_F(EvidenceKeeperTest, BytesThatAreNoTextAreComparedAsTheyWereShown) {
    ASSERT_TRUE(files_.write("latin.txt", "caf\xe9 noir\n"));
    EXPECT_EQ(add("latin.txt", "caf\xef\xbf\xbd noir"), "Kept as e1, from latin.txt.");
    ASSERT_TRUE(files_.write("x.bin", std::string("a\0b", 3)));
    EXPECT_THAT(add("x.bin", "a"), HasSubstr("is not a text file"));
}

TEST_F(EvidenceKeeperTest, AtMostAThousandAndTwentyFourBytesOnTheWayBack) {
    const std::string line(kMostSnippet, 'y');
    ASSERT_TRUE(files_.write("y.txt", line + line));
    EXPECT_EQ(add("y.txt", line), "Kept as e1, from y.txt.");
    EXPECT_THAT(get(R"({"id":"e1"})"), testing::EndsWith("\n" + line));
}

TEST_F(EvidenceKeeperTest, ItIsThereWhenTheSessionIsOpenedAgain) {
    add("a.py", "return x");
    const auto file = session_->file();
    session_.reset();
    ASSERT_TRUE(files_.write("a.py", "changed\n"));
    use(*agent::Session::open(file));
    EXPECT_EQ(get(R"({"id":"e1"})"), "e1, from a.py: note\nreturn x");
    EXPECT_EQ(add("a.py", "changed"), "Kept as e2, from a.py.");
}

TEST_F(EvidenceKeeperTest, AnotherBranchHasItsOwnAndAForkTakesThemAlong) {
    add("a.py", "return x");
    const auto fork_point = session_->leaf();
    add("a.py", "def f");
    const auto file = session_->file();
    const auto fork = agent::fork_session(place_, session_->entries(), fork_point, file);
    ASSERT_TRUE(session_->branch_from(fork_point));
    EXPECT_EQ(get(), "e1 a.py: note\n");
    EXPECT_EQ(add("a.py", "x + 1", "other"), "Kept as e2, from a.py.");
    EXPECT_EQ(get(), "e1 a.py: note\ne2 a.py: other\n");
    ASSERT_TRUE(fork) << fork.error().message();
    const auto forked = agent::Session::read_all(fork->file());
    ASSERT_TRUE(forked) << forked.error().message();
    EXPECT_THAT(evidence_of(forked->entries, forked->leaf), SizeIs(1));
}

TEST_F(EvidenceKeeperTest, AfterACompactionTheNextPromptTellsOnce) {
    add("a.py", "return x", "adds one");
    compact();
    provider_.then_text("one");
    provider_.then_text("two");
    run("first");
    run("second");
    const auto messages = session_->messages();
    EXPECT_THAT(messages.end()[-4].text,
                AllOf(StartsWith("first\n\nEvidence kept before the conversation was shortened (1; "),
                      HasSubstr("e1 a.py: adds one")));
    EXPECT_EQ(messages.end()[-2].text, "second");
    EXPECT_EQ(get(R"({"id":"e1"})"), "e1, from a.py: adds one\nreturn x");
}

TEST_F(EvidenceKeeperTest, ACompactionWithinARunIsFollowedByTheReminderAtTheNextResult) {
    add("a.py", "return x");
    provider_.then_do([this](const chat::Request&, const chat::EventSink&, std::stop_token) {
        compact();
        chat::Reply reply;
        reply.answers.push_back(
            {{.role = chat::Role::kAssistant, .tool_calls = {{"", "read", R"({"path":"a.py"})"}}},
             chat::StopReason::kToolCalls});
        return Result<chat::Reply>(std::move(reply));
    });
    provider_.then_call("read", R"({"path":"a.py","limit":1})");
    provider_.then_text("done");
    run("go");
    const auto messages = session_->messages();
    EXPECT_THAT(messages.end()[-4].text, HasSubstr("return x + 1\n\n\nEvidence kept before"));
    EXPECT_THAT(messages.end()[-2].text, Not(HasSubstr("Evidence kept before")));
}

TEST_F(EvidenceKeeperTest, SecretsAreNeitherKeptNorGuessed) {
    auto secrets = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(secrets->add("TOKEN", "s3cr3t-s3cr3t"));
    open({.files = files_, .may_show = {}, .secrets = secrets});
    session_->keep_out(secrets);
    ASSERT_TRUE(files_.write("conf", "token = s3cr3t-s3cr3t\n"));
    EXPECT_EQ(add("conf", "token = [secret TOKEN]", "it is s3cr3t-s3cr3t"), "Kept as e1, from conf.");
    EXPECT_EQ(get(R"({"id":"e1"})"), "e1, from conf: it is [secret TOKEN]\ntoken = [secret TOKEN]");
    EXPECT_THAT(add("conf", "token = s"),
                AllOf(StartsWith("Error: the snippet does not stand in conf"), Not(HasSubstr("s3cr3t"))));
    EXPECT_THAT(*os::read_file(session_->file()), Not(HasSubstr("s3cr3t-s3cr3t")));
}

TEST_F(EvidenceKeeperTest, AFileThatMayNotBeReadSaysNothing) {
    open({.files = files_,
          .may_show = [](const std::string& path) { return path.find("keys") == std::string::npos; },
          .secrets = nullptr});
    const auto there = add("keys/a.pem", "PRIVATE");
    EXPECT_THAT(there, AllOf(StartsWith("Error: the file 'keys/a.pem' may not be read without permission"),
                             Not(HasSubstr("PRIVATE"))));
    EXPECT_EQ(add("keys/a.pem", "something else"), there);
    EXPECT_THAT(add("keys/b.pem", "PRIVATE"),
                StartsWith("Error: the file 'keys/b.pem' may not be read without permission"));
    EXPECT_THAT(add("keys/a.pem:1", "PRIVATE"), HasSubstr("may not be read without permission"));
    EXPECT_EQ(get(), "[no evidence is kept]");
    // What a permitted call showed has been seen already.
    provider_.then_call("read", R"({"path":"keys/a.pem"})");
    provider_.then_call("evidence_add", call_of("keys/a.pem", "PRIVATE"));
    provider_.then_text("done");
    run("go");
    EXPECT_EQ(session_->messages().end()[-2].text, "Kept as e1, from read: keys/a.pem.");
}

TEST_F(EvidenceKeeperTest, ThereIsAnEndToIt) {
    use(agent::Session::in_memory("/w"));
    std::string lines;
    for (std::size_t i = 0; i <= kMostEvidence; ++i)
        lines += "line " + std::to_string(i) + " ends\n";
    ASSERT_TRUE(files_.write("lines", lines));
    provider_.then_text("done");
    run("go");
    for (std::size_t i = 1; i <= kMostEvidence; ++i) {
        ASSERT_TRUE(session_->append_custom(
            kEvidenceEntry, evidence_json({.id = "e" + std::to_string(i),
                                           .source = "lines",
                                           .note = "n",
                                           .snippet = "line " + std::to_string(i) + " ends"})));
    }
    EXPECT_THAT(add("lines", "line 0 ends"), StartsWith("Error: 200 pieces are kept"));
    EXPECT_EQ(add("lines", "line 7 ends"), "e7 has it already: n");
}

TEST_F(EvidenceKeeperTest, WithoutARunNothingIsKept) {
    const auto result = keeper_->tools().front()->run(call_of("a.py", "x"), {}, {});
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->is_error);
}

}  // namespace
}  // namespace hearth::scaffold
