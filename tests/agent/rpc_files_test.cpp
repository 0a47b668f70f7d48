// Commands that hearth adds to the protocol.
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/rpc_fixture.h"

namespace hearth::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

// Writes what it is told into a file, as a command of the agent would.
class WriteTool final : public Tool {
public:
    explicit WriteTool(std::filesystem::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] chat::Tool description() const override { return {"put", "writes", "{}"}; }

    [[nodiscard]] std::string subject(std::string_view /*arguments*/) const override { return {}; }

    Result<ToolResult> run(std::string_view arguments, std::stop_token /*stop*/,
                           const OutputSink& /*on_output*/) override {
        const auto value = parse_json(arguments);
        std::ofstream(folder_ / "file.txt") << string_member(*value, "text").value_or("");
        return ToolResult{"written"};
    }

private:
    std::filesystem::path folder_;
};

class RpcFilesTest : public RpcTest {
protected:
    RpcFilesTest() {
        tools_.push_back(std::make_unique<WriteTool>(place_.workspace));
        put("0");
    }

    void put(const std::string& text) const { std::ofstream(place_.workspace / "file.txt") << text; }

    [[nodiscard]] std::string get() const {
        return os::read_file(place_.workspace / "file.txt").value_or("none");
    }

    // A prompt that has the tool write a text.
    void work(const std::string& prompt_text, const std::string& text) {
        provider_.then_call("put", R"({"text":")" + text + R"("})");
        provider_.then_text("done " + text);
        prompt(prompt_text);
    }

    // The entry of the last message with that role.
    std::string entry_of(const std::string& role) {
        std::string id;
        server_->look([&](const Session&, const auto& entries, const auto&) {
            for (const auto& each : entries)
                if (each.role == role) id = each.id;
        });
        return id;
    }
};

TEST_F(RpcFilesTest, UndoAndRedoSayWhatTheyDid) {
    work("first", "1");
    work("second", "2");
    EXPECT_EQ(get(), "2");
    const auto looked = data(R"("type":"undo","lookOnly":true)");
    EXPECT_EQ(json::serialize(*member(looked, "done")), R"([{"path":"file.txt","change":"changed"}])");
    EXPECT_EQ(get(), "2");
    const auto undone = data(R"("type":"undo")");
    EXPECT_EQ(string_member(undone, "prompt"), "second");
    EXPECT_THAT(std::string(*string_member(undone, "text")), HasSubstr("file.txt"));
    EXPECT_EQ(get(), "1");
    data(R"("type":"redo")");
    EXPECT_EQ(get(), "2");
    put("mine");
    EXPECT_EQ(array_member(data(R"("type":"undo")"), "left")->size(), 1U);
    EXPECT_EQ(get(), "mine");
    data(R"("type":"undo","force":true)");
    EXPECT_EQ(get(), "1");
}

TEST_F(RpcFilesTest, TheNextPromptTellsTheModelWhatWasTakenBack) {
    work("first", "1");
    data(R"("type":"undo")");
    provider_.then_text("ok");
    prompt("go on");
    EXPECT_THAT(provider_.requests.back().messages.back().text,
                testing::AllOf(HasSubstr("took back"), HasSubstr("go on")));
}

TEST_F(RpcFilesTest, TurnsAndTheirDifferencesAreGiven) {
    work("first", "1");
    work("second", "2");
    const auto turns = data(R"("type":"get_turns")");
    ASSERT_EQ(array_member(turns, "turns")->size(), 2U);
    EXPECT_EQ(string_member(array_member(turns, "turns")->at(0), "prompt"), "first");
    EXPECT_THAT(std::string(*string_member(data(R"("type":"diff","from":0,"to":2)"), "diff")),
                testing::AllOf(HasSubstr("-0"), HasSubstr("+2")));
    EXPECT_THAT(error(R"("type":"diff","from":7)"), HasSubstr("turns 1 to 2"));
}

TEST_F(RpcFilesTest, WhileARunGoesOnNothingIsTakenBack) {
    work("first", "1");
    then_endless();
    ask(R"("type":"prompt","message":"go")");
    wait_for("text_delta");
    EXPECT_THAT(error(R"("type":"undo")"), HasSubstr("abort it first"));
    ask(R"("type":"abort")");
    EXPECT_EQ(get(), "1");
}

TEST_F(RpcFilesTest, GoingToAPlaceOfTheTreeCanBringItsFilesBack) {
    work("first", "1");
    work("second", "2");
    const auto second = entry_of("user");
    const auto gone = data(R"("type":"navigate_tree","entryId":")" + second + R"(","restoreFiles":true)");
    EXPECT_EQ(string_member(gone, "editorText"), "second");
    EXPECT_EQ(get(), "1");
    // The conversation says it already: the model is told nothing of it.
    EXPECT_THAT(string_member(data(R"("type":"get_last_assistant_text")"), "text"), "done 1");
    EXPECT_THAT(json::serialize(data(R"("type":"get_messages")")), Not(HasSubstr("brought")));
    EXPECT_THAT(error(R"("type":"navigate_tree","entryId":"nope")"), HasSubstr("not found"));
    EXPECT_THAT(error(R"("type":"navigate_tree")"), HasSubstr("entryId"));
}

TEST_F(RpcFilesTest, ABranchThatIsLeftIsSummarised) {
    work("first", "1");
    work("second", "2");
    const auto second = entry_of("user");
    provider_.then_text("tried 2, which failed");
    const auto gone = data(R"("type":"navigate_tree","entryId":")" + second + R"(","summarize":true)");
    server_->wait_until_idle();
    EXPECT_TRUE(string_member(gone, "summaryEntryId"));
    const auto& asked = provider_.requests.back().messages.back().text;
    EXPECT_THAT(asked, HasSubstr("before the message \"second\""));
    const auto entries = data(R"("type":"get_entries")");
    const auto& last = array_member(entries, "entries")->back();
    EXPECT_EQ(string_member(last, "type"), "branch_summary");
    EXPECT_EQ(string_member(last, "fromId"), string_member(last, "parentId"));
    EXPECT_THAT(std::string(*string_member(last, "summary")), HasSubstr("tried 2, which failed"));
    provider_.then_text("ok");
    prompt("another way");
    const auto& told = provider_.requests.back().messages;
    EXPECT_THAT(told.back().text, testing::AllOf(HasSubstr("tried 2"), HasSubstr("another way")));
    EXPECT_THAT(told[told.size() - 2].text, HasSubstr("done 1"));
    EXPECT_EQ(get(), "2");
}

TEST_F(RpcFilesTest, ASummaryThatIsStoppedLeavesTheSessionWhereItWas) {
    work("first", "1");
    const auto before = entry_of("assistant");
    then_endless();
    const auto user = entry_of("user");
    server_->take(R"({"id":"go","type":"navigate_tree","summarize":true,"entryId":")" + user + "\"}");
    ask(R"("type":"abort")");
    EXPECT_THAT(wait_for(R"({"id":"go")"), HasSubstr(R"("cancelled":true)"));
    std::string leaf;
    server_->look([&](const Session&, const auto&, const auto& now) { leaf = now; });
    EXPECT_EQ(leaf, before);
}

TEST_F(RpcFilesTest, LabelsAreSetShownAndTakenAway) {
    work("first", "1");
    const auto user = entry_of("user");
    ask(R"("type":"set_label","entryId":")" + user + R"(","label":" here ")");
    EXPECT_THAT(json::serialize(data(R"("type":"get_tree")")), HasSubstr(R"("label":"here")"));
    ask(R"("type":"set_label","entryId":")" + user + "\"");
    EXPECT_THAT(json::serialize(data(R"("type":"get_tree")")), Not(HasSubstr("labelTimestamp")));
    EXPECT_THAT(error(R"("type":"set_label","entryId":"nope","label":"x")"), HasSubstr("not found"));
}

}  // namespace
}  // namespace hearth::agent
