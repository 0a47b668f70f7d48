#include "share/clean_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::share {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kSecret = "correct-horse-battery";

class CleanSessionTest : public testing::Test {
protected:
    CleanSessionTest() { secrets_.add("horse", kSecret); }

    // A session of these lines, as a file has them.
    [[nodiscard]] CleanSession clean(const std::string& lines) {
        const auto file = folder_.path() / "session.jsonl";
        EXPECT_TRUE(os::write_file_atomic(
            file,
            R"({"type":"session","version":3,"id":"0001-a","timestamp":"2026-01-02T03:04:05.000Z","cwd":"/home/ann/project"})"
            "\n" +
                lines));
        const auto content = agent::Session::read_all(file);
        EXPECT_TRUE(content) << content.error().message();
        return clean_session(
            *content, {.home = "/home/ann", .secrets = &secrets_, .denied = denied_, .keep_images = images_});
    }

    static std::string user(const std::string& id, const std::string& text) {
        return R"({"type":"message","id":")" + id +
               R"(","parentId":null,"timestamp":"t","message":{"role":"user","content":)" + json_quote(text) +
               R"(,"timestamp":1}})" + "\n";
    }

    KnownSecrets secrets_;
    std::vector<std::string> denied_;
    bool images_ = false;

private:
    os::TempDir folder_ = *os::TempDir::create("hearth-share");
};

TEST_F(CleanSessionTest, HasNoSecretInAnyLeaf) {
    const auto session = clean(
        user("a", "the word is correct-horse-battery") +
        R"({"type":"message","id":"b","parentId":"a","timestamp":"t","message":{"role":"assistant","content":[)"
        R"({"type":"text","text":"see /home/ann/project","textSignature":"sig-1"},)"
        R"({"type":"toolCall","id":"c1","name":"bash","arguments":{"command":"curl -H 'x: ghp_abcdefghijklmnop0123'","correct-horse-battery":1}}],)"
        R"("provider":"p","model":"m","usage":{"input":5,"output":7,"cacheRead":3},"stopReason":"toolUse","timestamp":2}})"
        "\n");
    for (const auto* text : {&session.lines, &session.record, &session.transcript, &session.first_words}) {
        EXPECT_THAT(*text, AllOf(Not(HasSubstr(std::string(kSecret))), Not(HasSubstr("ghp_")),
                                 Not(HasSubstr("/home/ann")), Not(HasSubstr("sig-1"))));
    }
    EXPECT_EQ(session.found.secrets, 2U);
    EXPECT_EQ(session.found.patterns, 3U);  // cwd, the folder in the answer, the token
    EXPECT_EQ(session.id, "0001-a");
    EXPECT_EQ(session.messages, 2U);
}

TEST_F(CleanSessionTest, StaysASessionThatCanBeRead) {
    const auto session = clean(
        user("a", "hello /home/ann/x") +
        R"({"type":"custom","id":"s","parentId":"a","timestamp":"t","customType":"x","data":{"private":"state"}})" +
        "\n" +
        R"({"type":"message","id":"b","parentId":"s","timestamp":"t","message":{"role":"user","content":"more","timestamp":1}})" +
        "\n");
    EXPECT_THAT(session.lines, Not(HasSubstr("state\"")));
    const auto folder = *os::TempDir::create("hearth-share-read");
    ASSERT_TRUE(os::write_file_atomic(folder.path() / "s.jsonl", session.lines));
    const auto again = *agent::Session::read_all(folder.path() / "s.jsonl");
    EXPECT_EQ(again.entries.size(), 3U);
    EXPECT_EQ(again.leaf, "b");
    EXPECT_EQ(again.entries.front().message->text, "hello ~/x");
}

TEST_F(CleanSessionTest, ARecordHasTheConversation) {
    const auto session = clean(
        user("a", "do it") +
        R"({"type":"message","id":"b","parentId":"a","timestamp":"t","message":{"role":"assistant","content":[{"type":"text","text":"yes"},)"
        R"({"type":"toolCall","id":"c1","name":"bash","arguments":{"command":"ls"}}],"provider":"p","model":"m",)"
        R"("usage":{"input":5,"output":7,"cacheRead":3},"stopReason":"toolUse","timestamp":2}})"
        "\n"
        R"({"type":"message","id":"c","parentId":"b","timestamp":"t","message":{"role":"toolResult","toolCallId":"c1","toolName":"bash",)"
        R"("content":[{"type":"text","text":"a.txt"}],"isError":true,"timestamp":3}})"
        "\n");
    const auto record = *parse_json(session.record);
    const auto& messages = *array_member(record, "messages");
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(string_member(messages[1], "text"), "yes");
    EXPECT_EQ(string_member(array_member(messages[1], "tool_calls")->at(0), "arguments"),
              R"({"command":"ls"})");
    EXPECT_EQ(string_member(messages[2], "tool"), "bash");
    EXPECT_EQ(bool_member(messages[2], "is_error"), true);
    EXPECT_EQ(array_member(record, "models")->at(0).as_string(), "m");
    EXPECT_EQ(integer_member(record, "generated_tokens"), 7);
    EXPECT_THAT(session.transcript,
                HasSubstr("user: do it\nassistant: yes\ncall bash {\"command\":\"ls\"}\n"));
}

TEST_F(CleanSessionTest, ADeniedTextIsFoundWhateverItsCase) {
    denied_ = {"ACME", "nowhere"};
    EXPECT_THAT(clean(user("a", "the acme contract")).found.denied, ElementsAre("ACME"));
    EXPECT_THAT(clean(user("a", "something else")).found.denied, IsEmpty());
}

TEST_F(CleanSessionTest, ImagesAreLeftOutUnlessTheyAreWanted) {
    const std::string line =
        R"({"type":"message","id":"a","parentId":null,"timestamp":"t","message":{"role":"user","content":[{"type":"text","text":"look"},)"
        R"({"type":"image","data":"aGVsbG8gd29ybGQ=","mimeType":"image/png"}],"timestamp":1}})"
        "\n";
    const auto without = clean(line);
    EXPECT_EQ(without.found.images, 1U);
    EXPECT_THAT(without.lines, Not(HasSubstr("aGVsbG8")));
    images_ = true;
    EXPECT_THAT(clean(line).lines, HasSubstr("aGVsbG8"));
}

}  // namespace
}  // namespace hearth::share
