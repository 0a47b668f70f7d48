#include "agent/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::agent {
namespace {

namespace fs = std::filesystem;
using chat::Message;
using chat::Role;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class SessionTest : public testing::Test {
protected:
    Session fresh() { return *Session::create(folder_.path(), "/home/ann/my project"); }

    static Message user(std::string text) { return {.role = Role::kUser, .text = std::move(text)}; }

    static Message assistant(std::string text) { return {.role = Role::kAssistant, .text = std::move(text)}; }

    static std::vector<std::string> texts(const std::vector<Message>& messages) {
        std::vector<std::string> out;
        for (const auto& each : messages)
            out.push_back(each.text);
        return out;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-session-test");
};

TEST_F(SessionTest, AppearsWithItsFirstEntry) {
    auto session = fresh();
    EXPECT_FALSE(fs::exists(session.file()));
    ASSERT_TRUE(session.append(user("hello")));
    EXPECT_TRUE(fs::exists(session.file()));
}

TEST_F(SessionTest, WhatWasAppendedIsReadAgain) {
    auto session = fresh();
    ASSERT_TRUE(session.append({.role = Role::kSystem, .text = "be brief"}));
    ASSERT_TRUE(session.append(user("line one\nline \"two\" \xE2\x82\xAC")));
    Message call = assistant("so");
    call.reasoning = "hm";
    call.tool_calls = {{"call_1", "write", R"({"path":"a","n":1.5})"}, {"call_2", "bash", "not JSON"}};
    MessageFacts facts;
    facts.model = "tiny";
    facts.usage = {
        .prompt_tokens = {100}, .cached_tokens = {60}, .generated_tokens = {7}, .prompt_seconds = 1.5};
    facts.reason = chat::StopReason::kLength;
    ASSERT_TRUE(session.append(call, facts));
    MessageFacts result;
    result.tool_name = "write";
    result.is_error = true;
    ASSERT_TRUE(session.append({.role = Role::kTool, .text = "no", .tool_call_id = "call_1"}, result));

    const auto entries = Session::read(session.file());
    ASSERT_TRUE(entries) << entries.error().message();
    ASSERT_EQ(entries->size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        const auto& read = (*entries)[i];
        const auto& kept = session.entries()[i];
        EXPECT_EQ(read.id, kept.id);
        EXPECT_EQ(read.parent_id, kept.parent_id);
        ASSERT_TRUE(read.message);
        EXPECT_EQ(read.message->role, kept.message->role);
        EXPECT_EQ(read.message->text, kept.message->text);
        EXPECT_EQ(read.message->reasoning, kept.message->reasoning);
        EXPECT_EQ(read.message->tool_call_id, kept.message->tool_call_id);
        ASSERT_EQ(read.message->tool_calls.size(), kept.message->tool_calls.size());
        for (std::size_t n = 0; n < kept.message->tool_calls.size(); ++n) {
            EXPECT_EQ(read.message->tool_calls[n].id, kept.message->tool_calls[n].id);
            EXPECT_EQ(read.message->tool_calls[n].name, kept.message->tool_calls[n].name);
        }
    }
    const auto& read = (*entries)[2];
    EXPECT_EQ(read.message->tool_calls[1].arguments, "not JSON");
    EXPECT_EQ(read.facts.model, "tiny");
    EXPECT_EQ(read.facts.usage.prompt_tokens.value, 100);
    EXPECT_EQ(read.facts.usage.cached_tokens.value, 60);
    EXPECT_EQ(read.facts.usage.generated_tokens.value, 7);
    EXPECT_EQ(read.facts.usage.prompt_seconds, 1.5);
    EXPECT_EQ(read.facts.reason, chat::StopReason::kLength);
    EXPECT_TRUE((*entries)[3].facts.is_error);
    EXPECT_EQ((*entries)[3].facts.tool_name, "write");
}

TEST_F(SessionTest, SignedThoughtsAndCostsAreReadAgain) {
    fs::path file;
    {
        auto session = fresh();
        file = session.file();
        ASSERT_TRUE(session.append(user("hi")));
        Message answer = assistant("said");
        answer.reasoning = "one\n\ntwo";
        answer.thoughts = {{.text = "one", .signature = "s1"},
                           {.text = "", .signature = "s2", .redacted = true},
                           {.text = "two", .signature = "s3"}};
        answer.tool_calls = {{.id = "1", .name = "f", .arguments = "{}", .signature = "s4"}};
        MessageFacts facts;
        facts.provider = "anthropic";
        facts.model = "claude-x";
        facts.api = "anthropic-messages";
        facts.usage.prompt_tokens = {100};
        facts.usage.cached_tokens = {60};
        facts.usage.written_tokens = {30};
        facts.usage.cost = {.input = 0.5, .output = 0.25, .cache_read = 0.125, .cache_write = 1};
        ASSERT_TRUE(session.append(answer, facts));
    }
    const auto entries = Session::read(file);
    ASSERT_TRUE(entries);
    const auto& read = entries->back();
    EXPECT_THAT(read.json,
                HasSubstr(R"({"type":"thinking","thinking":"","thinkingSignature":"s2","redacted":true})"));
    EXPECT_THAT(read.json, HasSubstr(R"("thoughtSignature":"s4")"));
    EXPECT_THAT(read.json, HasSubstr(R"("api":"anthropic-messages")"));
    EXPECT_EQ(read.message->reasoning, "one\n\ntwo");
    ASSERT_EQ(read.message->thoughts.size(), 3U);
    EXPECT_EQ(read.message->thoughts[0].signature, "s1");
    EXPECT_TRUE(read.message->thoughts[1].redacted);
    EXPECT_EQ(read.message->tool_calls[0].signature, "s4");
    EXPECT_EQ(read.facts.api, "anthropic-messages");
    EXPECT_EQ(read.facts.usage.prompt_tokens, Tokens{100});
    EXPECT_EQ(read.facts.usage.written_tokens, Tokens{30});
    EXPECT_DOUBLE_EQ(read.facts.usage.cost.total(), 1.875);
    // Whoever asks next is told whose answer it is.
    const auto told = Session::open(file)->messages();
    EXPECT_EQ(told.front().author, "");
    ASSERT_GE(told.size(), 2U);
    EXPECT_EQ(told[1].author, "anthropic/claude-x");
}

TEST_F(SessionTest, GoesOnWhereItWasAfterARestart) {
    fs::path file;
    {
        auto session = fresh();
        ASSERT_TRUE(session.append(user("one")));
        ASSERT_TRUE(session.append(assistant("two")));
        file = session.file();
    }
    auto session = Session::open(file);
    ASSERT_TRUE(session) << session.error().message();
    ASSERT_TRUE(session->append(user("three")));
    EXPECT_THAT(texts(session->messages()), ElementsAre("one", "two", "three"));
    EXPECT_EQ(session->entries().back().parent_id, session->entries()[1].id);
}

TEST_F(SessionTest, ABranchLeavesTheOtherOneInTheFile) {
    auto session = fresh();
    const auto root = session.append(user("task"));
    ASSERT_TRUE(root);
    ASSERT_TRUE(session.append(assistant("wrong")));
    ASSERT_TRUE(session.branch_from(*root));
    EXPECT_EQ(session.leaf(), *root);
    ASSERT_TRUE(session.append(assistant("right")));
    EXPECT_THAT(texts(session.messages()), ElementsAre("task", "right"));
    const auto file = session.file();
    session = fresh();  // lets the lock go
    auto again = Session::open(file);
    ASSERT_TRUE(again);
    EXPECT_THAT(texts(again->messages()), ElementsAre("task", "right"));
    EXPECT_EQ(again->entries().size(), 3U);
}

TEST_F(SessionTest, BranchingToTheRootStartsAnew) {
    auto session = fresh();
    ASSERT_TRUE(session.append(user("one")));
    ASSERT_TRUE(session.branch_from(""));
    ASSERT_TRUE(session.append(user("two")));
    EXPECT_THAT(texts(session.messages()), ElementsAre("two"));
}

TEST_F(SessionTest, BranchingFromWhatIsNotThereFails) {
    auto session = fresh();
    ASSERT_TRUE(session.append(user("one")));
    const auto status = session.branch_from("0123abcd");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), Code::kNotFound);
}

TEST_F(SessionTest, CustomEntriesStandBesideTheConversation) {
    auto session = fresh();
    ASSERT_TRUE(session.append(user("one")));
    const auto leaf = session.leaf();
    ASSERT_TRUE(session.append_custom("hearth.candidate", R"({"number":1})"));
    EXPECT_EQ(session.leaf(), leaf);
    ASSERT_TRUE(session.append(assistant("two")));
    EXPECT_THAT(texts(session.messages()), ElementsAre("one", "two"));
    EXPECT_EQ(session.entries()[2].parent_id, leaf);
    const auto read = Session::read(session.file());
    ASSERT_TRUE(read);
    EXPECT_EQ((*read)[1].type, "custom");
    EXPECT_EQ((*read)[1].custom_type, "hearth.candidate");
    EXPECT_EQ((*read)[1].custom_data, R"({"number":1})");
}

TEST_F(SessionTest, OneWriterAtATime) {
    auto session = fresh();
    ASSERT_TRUE(session.append(user("one")));
    const auto second = Session::open(session.file());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Code::kConflict);
    EXPECT_TRUE(Session::read(session.file()));  // reading needs no lock
}

TEST_F(SessionTest, ATornLineLosesOnlyItself) {
    fs::path file;
    {
        auto session = fresh();
        ASSERT_TRUE(session.append(user("one")));
        ASSERT_TRUE(session.append(assistant("two")));
        file = session.file();
    }
    const auto whole = *os::read_file(file);
    ASSERT_TRUE(os::write_file_atomic(file, whole + R"({"type":"message","id":"aaaa)"));
    std::vector<std::string> notices;
    auto session = Session::open(file, &notices);
    ASSERT_TRUE(session) << session.error().message();
    EXPECT_EQ(notices.size(), 1U);
    EXPECT_THAT(texts(session->messages()), ElementsAre("one", "two"));
    ASSERT_TRUE(session->append(user("three")));
    const auto read = Session::read(file, &notices);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), 3U);
    EXPECT_EQ(notices.size(), 1U);
}

TEST_F(SessionTest, ADamagedLineLosesOnlyItself) {
    auto session = fresh();
    ASSERT_TRUE(session.append(user("one")));
    ASSERT_TRUE(session.append(assistant("two")));
    auto text = *os::read_file(session.file());
    text.replace(text.find("two"), 3, "2wo");  // the mark does not fit any more
    const auto copy = folder_.path() / "copy.jsonl";
    ASSERT_TRUE(os::write_file_atomic(copy, text));
    std::vector<std::string> notices;
    const auto read = Session::read(copy, &notices);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->size(), 1U);
    EXPECT_FALSE(notices.empty());
}

TEST_F(SessionTest, AFileWithoutAHeaderIsNoSession) {
    const auto file = folder_.path() / "x.jsonl";
    ASSERT_TRUE(os::write_file_atomic(file, "{\"type\":\"message\",\"id\":\"1\"}\n"));
    const auto read = Session::read(file);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), Code::kCorrupt);
    EXPECT_EQ(Session::open(folder_.path() / "none.jsonl").error().code(), Code::kNotFound);
}

TEST_F(SessionTest, ARingOfParentsEnds) {
    const auto file = folder_.path() / "ring.jsonl";
    ASSERT_TRUE(os::write_file_atomic(
        file,
        "{\"type\":\"session\",\"version\":3,\"id\":\"x\",\"timestamp\":\"t\",\"cwd\":\"/\"}\n"
        "{\"type\":\"message\",\"id\":\"a\",\"parentId\":\"b\",\"message\":{\"role\":\"user\",\"content\":"
        "\"1\"}}\n"
        "{\"type\":\"message\",\"id\":\"b\",\"parentId\":\"a\",\"message\":{\"role\":\"user\",\"content\":"
        "\"2\"}}\n"));
    const auto session = Session::open(file);
    ASSERT_TRUE(session) << session.error().message();
    EXPECT_LE(session->messages().size(), 3U);
}

TEST_F(SessionTest, EntriesOfOtherProgramsAreKeptInTheChain) {
    const auto file = folder_.path() / "other.jsonl";
    ASSERT_TRUE(os::write_file_atomic(
        file,
        "{\"type\":\"session\",\"version\":3,\"id\":\"x\",\"timestamp\":\"t\",\"cwd\":\"/\"}\n"
        "{\"type\":\"model_change\",\"id\":\"a\",\"parentId\":null,\"timestamp\":\"t\",\"modelId\":\"m\"}\n"
        "{\"type\":\"message\",\"id\":\"b\",\"parentId\":\"a\",\"message\":{\"role\":\"user\",\"content\":[{"
        "\"type\":"
        "\"text\",\"text\":\"hi\"},{\"type\":\"image\"}]}}\n"
        "{\"type\":\"message\",\"id\":\"c\",\"parentId\":\"b\",\"message\":{\"role\":\"bashExecution\","
        "\"command\":"
        "\"ls\"}}\n"
        "{\"type\":\"label\",\"id\":\"d\",\"parentId\":\"c\",\"targetId\":\"b\"}\n"));
    auto session = Session::open(file);
    ASSERT_TRUE(session) << session.error().message();
    EXPECT_EQ(session->entries().size(), 4U);
    EXPECT_EQ(session->leaf(), "d");
    EXPECT_THAT(texts(session->messages()), ElementsAre(HasSubstr("hi"), HasSubstr("`ls`")));
}

TEST_F(SessionTest, ImagesAreKeptAsPiHasThem) {
    const chat::Image image{"image/png", "iVBORw0KGgo="};
    fs::path file;
    {
        auto session = fresh();
        file = session.file();
        ASSERT_TRUE(session.append({.role = Role::kUser, .text = "look", .images = {image}}));
        auto call = assistant("");
        call.tool_calls = {{"call_1", "read", "{}"}};
        ASSERT_TRUE(session.append(call));
        ASSERT_TRUE(session.append(
            {.role = Role::kTool, .text = "a.png", .tool_call_id = "call_1", .images = {image}}));
        for (const std::size_t i : {0U, 2U}) {
            const auto line = *parse_json(session.entries()[i].json);
            EXPECT_EQ(json::serialize(array_member(*member(line, "message"), "content")->at(1)),
                      R"({"type":"image","data":"iVBORw0KGgo=","mimeType":"image/png"})");
        }
    }
    const auto again = Session::open(file);
    ASSERT_TRUE(again) << again.error().message();
    const auto messages = again->messages();
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_THAT(messages[0].images, ElementsAre(image));
    EXPECT_EQ(messages[0].text, "look");
    EXPECT_THAT(messages[2].images, ElementsAre(image));
}

TEST_F(SessionTest, AVeryLongPathStillHasAFolder) {
    const fs::path workspace = "/" + std::string(150, 'a') + "/" + std::string(150, 'b');
    auto session = Session::create(folder_.path(), workspace);
    ASSERT_TRUE(session);
    EXPECT_TRUE(session->append(user("one")));
}

// The fields that pi's session reader needs, by its documentation of version 3.
TEST_F(SessionTest, ItsLinesHaveTheFieldsOfTheFormat) {
    auto session = fresh();
    ASSERT_TRUE(session.append(user("hi")));
    auto call = assistant("yes");
    call.tool_calls = {{"call_1", "read", R"({"path":"a.py"})"}};
    ASSERT_TRUE(session.append(call));
    ASSERT_TRUE(session.append({.role = Role::kTool, .text = "text", .tool_call_id = "call_1"}));
    ASSERT_TRUE(session.append_custom("hearth.x", "[1]"));

    EXPECT_EQ(session.file().parent_path().filename(), "--home-ann-my project--");
    EXPECT_THAT(session.file().filename().string(),
                MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+-[0-9]+-[0-9]+-[0-9]+Z_[0-9a-f-]+\\.jsonl"));
    std::vector<json::value> lines;
    const auto text = *os::read_file(session.file());
    for (const auto line : split_lines(text))
        lines.push_back(*parse_json(line));
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_EQ(string_member(lines[0], "type"), "session");
    EXPECT_EQ(integer_member(lines[0], "version"), 3);
    EXPECT_EQ(string_member(lines[0], "id")->size(), 36U);
    EXPECT_EQ(string_member(lines[0], "cwd"), "/home/ann/my project");
    EXPECT_TRUE(member(lines[1], "parentId")->is_null());
    std::set<std::string> ids;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        EXPECT_THAT(std::string(*string_member(lines[i], "timestamp")),
                    MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z"));
        if (i == 0) continue;
        EXPECT_THAT(std::string(*string_member(lines[i], "id")), MatchesRegex("[0-9a-f]{8}|[0-9a-f]+"));
        EXPECT_EQ(string_member(lines[i], "id")->size(), 8U);
        ids.emplace(*string_member(lines[i], "id"));
        if (i > 1) {
            EXPECT_EQ(ids.count(std::string(*string_member(lines[i], "parentId"))), 1U);
        }
    }
    const auto& said = *member(lines[1], "message");
    EXPECT_EQ(string_member(said, "role"), "user");
    EXPECT_TRUE(integer_member(said, "timestamp"));
    EXPECT_EQ(string_member(array_member(said, "content")->at(0), "type"), "text");
    const auto& answer = *member(lines[2], "message");
    for (const std::string_view key : {"api", "provider", "model", "stopReason"})
        EXPECT_TRUE(string_member(answer, key)) << key;
    const auto& block = array_member(answer, "content")->at(1);
    EXPECT_EQ(string_member(block, "type"), "toolCall");
    EXPECT_EQ(string_member(block, "name"), "read");
    EXPECT_EQ(string_member(*member(block, "arguments"), "path"), "a.py");
    for (const std::string_view key : {"input", "output", "cacheRead", "cacheWrite", "totalTokens"})
        EXPECT_TRUE(integer_member(*member(answer, "usage"), key)) << key;
    const auto& result = *member(lines[3], "message");
    EXPECT_EQ(string_member(result, "role"), "toolResult");
    EXPECT_EQ(string_member(result, "toolCallId"), "call_1");
    EXPECT_TRUE(string_member(result, "toolName"));
    EXPECT_EQ(bool_member(result, "isError"), false);
    EXPECT_EQ(string_member(lines[4], "type"), "custom");
    EXPECT_EQ(string_member(lines[4], "customType"), "hearth.x");
    EXPECT_NE(array_member(lines[4], "data"), nullptr);
}

// Appends for ever and writes the id of each entry once it is kept.
[[noreturn]] void append_and_tell(const fs::path& folder, int to) {
    auto session = Session::create(folder, "/w");
    while (session) {
        const auto id = session->append({.role = Role::kUser, .text = std::string(1000, 'x')});
        if (!id || ::write(to, id->data(), id->size()) < 0) ::_exit(1);
    }
    ::_exit(1);
}

fs::path log_in(const fs::path& folder) {
    fs::path file;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == ".jsonl") file = entry.path();
    }
    return file;
}

// A writer that is killed at any moment loses no entry whose append() had returned.
TEST_F(SessionTest, KillMinus9LosesNoAcknowledgedEntry) {
    for (int round = 0; round < 3; ++round) {
        int pipe_ends[2];
        ASSERT_EQ(::pipe(pipe_ends), 0);
        const os::Fd from(pipe_ends[0]);
        os::Fd to(pipe_ends[1]);
        const auto folder = folder_.path() / std::to_string(round);
        const pid_t writer = ::fork();
        ASSERT_GE(writer, 0);
        if (writer == 0) append_and_tell(folder, to.get());
        to = os::Fd();
        std::string acknowledged;
        char buffer[64];
        while (acknowledged.size() < 8U * static_cast<std::size_t>(5 + round * 7)) {
            const auto got = ::read(from.get(), buffer, sizeof(buffer));
            ASSERT_GT(got, 0);
            acknowledged.append(buffer, static_cast<std::size_t>(got));
        }
        ASSERT_EQ(::kill(writer, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(writer, &status, 0), writer);
        for (ssize_t got = 1; got > 0;) {
            got = ::read(from.get(), buffer, sizeof(buffer));
            if (got > 0) acknowledged.append(buffer, static_cast<std::size_t>(got));
        }
        auto session = Session::open(log_in(folder));
        ASSERT_TRUE(session) << session.error().message();
        std::set<std::string> found;
        for (const auto& entry : session->entries())
            found.insert(entry.id);
        for (std::size_t at = 0; at + 8 <= acknowledged.size(); at += 8)
            EXPECT_TRUE(found.contains(acknowledged.substr(at, 8)));
        EXPECT_TRUE(session->append({.role = Role::kUser, .text = "after"}));
    }
}

TEST_F(SessionTest, SecretsAreKeptOutOfWhatIsWrittenAndTold) {
    auto known = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(known->add("desk", "secret\"1234"));
    auto session = fresh();
    ASSERT_TRUE(session.append(user("before: secret\"1234")));
    session.keep_out(known);
    EXPECT_THAT(texts(session.messages()), ElementsAre("before: [secret desk]"));
    ASSERT_TRUE(session.append(user("a secret\"1234\nb")));
    Message call = assistant("");
    call.tool_calls = {{"1", "write", R"({"content":"secret\"1234"})"}};
    ASSERT_TRUE(session.append(call));
    ASSERT_TRUE(session.append_custom("note", R"({"a":["secret\"1234"]})"));
    ASSERT_TRUE(session.append_entry("session_info", R"({"name":"secret\"1234"})"));
    EXPECT_EQ(session.messages()[1].text, "a [secret desk]\nb");
    EXPECT_EQ(session.messages()[2].tool_calls[0].arguments, R"({"content":"[secret desk]"})");
    std::string file = *os::read_file(session.file());
    file.erase(0, file.find("before:") + 30);  // written before
    EXPECT_THAT(file, Not(HasSubstr("1234")));
    EXPECT_EQ(Session::read(session.file())->size(), 5U);
}

TEST_F(SessionTest, ASecretThatIsAWordOfTheFormatDamagesNoSession) {
    auto known = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(known->add("silly", "assistant"));
    auto session = fresh();
    session.keep_out(known);
    ASSERT_TRUE(session.append(user("hello")));
    EXPECT_THAT(session.append(assistant("hi")).error().message(), HasSubstr("longer secret"));
    EXPECT_EQ(Session::read(session.file())->size(), 1U);
}

}  // namespace
}  // namespace hearth::agent
