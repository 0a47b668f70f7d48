#include "tui/session_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "agent/branch.h"
#include "agent/session.h"
#include "tui/terminal_model.h"

namespace hearth::tui {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FakeDesk final : public Desk {
public:
    void send(const agent::RpcCommand& command) override { sent.push_back(command); }

    DeskFacts facts() override {
        return {.folder = "~/project", .branch = "main", .name = "", .model = "test/a", .window = 8192};
    }

    Result<std::vector<Choice>> sessions() override {
        return std::vector<Choice>{{"/s/a.jsonl", "first", "today"}};
    }

    Result<std::vector<Choice>> models() override {
        return std::vector<Choice>{{"test/a", "test/a", ""}, {"test/b", "test/b", ""}};
    }

    std::vector<Choice> files() override {
        return {{"@src/main.cpp", "src/main.cpp", ""}, {"@notes.md", "notes.md", ""}};
    }

    Result<Theme> theme(const std::string& name) override {
        const auto* found = theme_named(name);
        if (found == nullptr) return Error(Code::kNotFound, "there is no theme " + name);
        return *found;
    }

    std::vector<Choice> commands() override { return {{"/greet", "greet", "says hello"}}; }

    bool running() override { return false; }

    void look(
        const std::function<void(const std::vector<agent::Entry>&, const std::string&)>& look) override {
        session.look(look);
    }

    Result<PlanReply> plan(const std::string& words) override {
        planned.push_back(words);
        return plan_reply;
    }

    PlanNews plan_news() override { return std::exchange(news, {}); }

    Result<std::string> edit(const std::string& text) override { return text + " edited"; }

    void suspend() override {}

    void copy(const std::string& text) override { copied = text; }

    [[nodiscard]] std::vector<std::string> types() const {
        std::vector<std::string> out;
        for (const auto& each : sent)
            out.push_back(each.type);
        return out;
    }

    agent::Session session = agent::Session::in_memory("/work");
    std::vector<agent::RpcCommand> sent;
    std::vector<std::string> planned;
    PlanReply plan_reply;
    PlanNews news;
    std::string copied;
};

class SessionViewTest : public testing::Test {
protected:
    void type(std::string_view text) {
        for (const auto& key : decoder.feed(text))
            view.key(key);
        for (const auto& key : decoder.flush())
            view.key(key);
    }

    // An answer as it streams.
    void stream(std::string_view text) {
        view.event(agent::MessageBegan{R"({"role":"assistant","content":[]})"}, nullptr);
        for (const char c : text)
            view.event(agent::MessagePiece{chat::TextDelta{0, std::string(1, c)}}, nullptr);
    }

    void end(std::string text) {
        const chat::Message answer{.role = chat::Role::kAssistant, .text = std::move(text)};
        view.event(
            agent::MessageEnded{
                .message =
                    R"({"role":"assistant","usage":{"input":60,"output":10,"cacheRead":40,"decodeSeconds":0.5}})"},
            &answer);
    }

    // The answer to a command that only asked what would be done.
    void files_answered(const std::string& command, const std::string& data) {
        view.answer(R"({"id":"look","type":"response","command":")" + command +
                    R"(","success":true,"data":)" + data + "}");
    }

    std::string shown(Size size = {30, 60}) {
        const auto frame = view.frame(size, 0);
        std::string out;
        for (const auto* part : {&frame.done, &frame.live}) {
            for (const auto& line : *part) {
                for (const auto& span : line)
                    out += span.text;
                out += "\n";
            }
        }
        return out;
    }

    FakeDesk desk;
    std::optional<SessionView> made{std::in_place, desk, Keymap::defaults(), dark_theme()};
    SessionView& view = *made;
    KeyDecoder decoder;
};

TEST_F(SessionViewTest, EnterSendsAndWhileARunGoesOnSteers) {
    type("hello\r");
    ASSERT_THAT(desk.types(), ElementsAre("prompt"));
    EXPECT_EQ(desk.sent[0].message, "hello");
    type("and this\rlater\x1b\r");
    EXPECT_THAT(desk.types(), ElementsAre("prompt", "steer", "follow_up"));
    view.idle();
    type("next\r");
    EXPECT_EQ(desk.sent.back().type, "prompt");
}

TEST_F(SessionViewTest, APlanIsPlannedSignedAndWidened) {
    desk.plan_reply = {.note = "Planning.", .prompt = "round it"};
    type("/plan round it\r");
    EXPECT_THAT(desk.planned, ElementsAre("round it"));
    ASSERT_THAT(desk.types(), ElementsAre("prompt"));
    EXPECT_EQ(desk.sent[0].message, "round it");
    desk.news = {.waits = true};
    view.idle();
    EXPECT_THAT(shown(), HasSubstr("Sign this plan?"));
    // What is chosen by a return alone does nothing.
    type("\r");
    EXPECT_THAT(desk.planned, ElementsAre("round it"));
    desk.plan_reply = {.note = "Signed.", .prompt = "Go on with the plan."};
    desk.news = {.waits = true};
    view.idle();
    type("\x1b[B\r");
    EXPECT_THAT(desk.planned, ElementsAre("round it", "sign"));
    EXPECT_EQ(desk.sent.back().message, "Go on with the plan.");
    desk.news = {.deviation = "util.py"};
    view.idle();
    EXPECT_THAT(shown(), HasSubstr("wants to change util.py"));
    type("\x1b[B\r");
    EXPECT_EQ(desk.planned.back(), "allow util.py");
}

TEST_F(SessionViewTest, WhoIsWritingIsNotAskedToSign) {
    type("/plan x\r");
    type("half a sen");
    desk.news = {.waits = true};
    view.idle();
    EXPECT_THAT(shown(), HasSubstr("PLAN.md waits for you"));
    type("tence\r");
    EXPECT_EQ(desk.sent.back().message, "half a sentence");
}

TEST_F(SessionViewTest, WhileARunGoesOnAPlanOnlySaysHowItStands) {
    type("go\r");
    type("/plan sign\r");
    EXPECT_TRUE(desk.planned.empty());
    EXPECT_THAT(shown(), HasSubstr("A run goes on"));
}

TEST_F(SessionViewTest, TheQueueIsShownAndComesBackWhenTheRunIsStopped) {
    type("go\r");
    view.event(agent::QueueChanged{{"steer me"}, {"and then"}}, nullptr);
    EXPECT_THAT(shown(), HasSubstr("Next: steer me"));
    type("\x1b");
    EXPECT_THAT(desk.types(), ElementsAre("prompt", "clear_queue", "abort"));
    view.answer(
        R"({"type":"response","command":"clear_queue","success":true,"data":{"steering":["steer me"],"followUp":["and then"]}})");
    EXPECT_EQ(view.editor().text(), "steer me\n\nand then");
}

TEST_F(SessionViewTest, AnAnswerStreamsAndItsClosedBlocksAreDone) {
    (void)shown();
    stream("First.\n\nSecond");
    const auto frame = view.frame({30, 60}, 0);
    ASSERT_EQ(frame.done.size(), 2U);  // an empty line, and the paragraph
    EXPECT_EQ(frame.done[1][0].text, "First.");
    end("First.\n\nSecond.");
    const auto last = shown();
    EXPECT_THAT(last, HasSubstr("Second."));
    EXPECT_THAT(last, testing::Not(HasSubstr("First")));
    EXPECT_THAT(last, HasSubstr("cache 40%"));
    EXPECT_THAT(last, HasSubstr("20.0 tok/s"));
}

TEST_F(SessionViewTest, ACallThatWasWrittenAsTextIsACall) {
    stream("Let me look.\n\n{\"name\":\"bash\"");
    chat::Message answer{.role = chat::Role::kAssistant, .text = "Let me look."};
    answer.tool_calls.push_back({"c1", "bash", R"({"command":"ls"})"});
    view.event(agent::MessageEnded{.message = "{}"}, &answer);
    view.event(agent::ToolBegan{answer.tool_calls[0]}, nullptr);
    view.event(
        agent::ToolEnded{.call = answer.tool_calls[0], .text = "a\nb\nc\nd\ne\nf\ng\n", .duration_ms = 5},
        nullptr);
    const auto all = shown();
    EXPECT_THAT(all, HasSubstr("bash ls"));
    EXPECT_THAT(all, testing::Not(HasSubstr("\"name\"")));
    EXPECT_THAT(all, HasSubstr("2 more lines"));
    type("\x0f");
    EXPECT_TRUE(view.take_redraw());
}

TEST_F(SessionViewTest, ShellCommandsAreSentToBeRunContained) {
    type("!ls -l\r");
    ASSERT_THAT(desk.types(), ElementsAre("bash"));
    EXPECT_EQ(desk.sent[0].command, "ls -l");
    EXPECT_FALSE(desk.sent[0].exclude_from_context);
    view.answer(
        R"({"id":"shell-1","type":"response","command":"bash","success":true,"data":{"output":"total 0\n","exitCode":0}})");
    EXPECT_THAT(shown(), HasSubstr("total 0"));
    type("!!pwd\r");
    EXPECT_TRUE(desk.sent[1].exclude_from_context);
}

TEST_F(SessionViewTest, CommandsAreFoundByTheirLettersAndFilesToo) {
    type("/mod\r");
    EXPECT_THAT(shown(), HasSubstr("test/b"));
    type("b\r");
    ASSERT_THAT(desk.types(), ElementsAre("set_model"));
    EXPECT_EQ(desk.sent[0].model_id, "b");
    type("see @mcpp\t");
    EXPECT_EQ(view.editor().text(), "see @src/main.cpp ");
}

TEST_F(SessionViewTest, AModelElsewhereNeedNotBeListed) {
    type("/model anthropic/claude-x\r");
    ASSERT_THAT(desk.types(), ElementsAre("set_model"));
    EXPECT_EQ(desk.sent[0].provider, "anthropic");
    EXPECT_EQ(desk.sent[0].model_id, "claude-x");
    type("/model nowhere\r");
    EXPECT_EQ(desk.sent.size(), 1U);
    EXPECT_THAT(shown(), HasSubstr("There is no model nowhere here"));
}

TEST_F(SessionViewTest, LevelsOfThinkingAreCycledAndTaken) {
    type("\x1b[Z");
    type("/thinking high\r");
    ASSERT_THAT(desk.types(), ElementsAre("cycle_thinking_level", "set_thinking_level"));
    EXPECT_EQ(desk.sent[1].level, "high");
    view.answer(R"({"type":"response","command":"cycle_thinking_level","success":true,"data":null})");
    EXPECT_THAT(shown(), HasSubstr("This model has no levels of thinking."));
}

TEST_F(SessionViewTest, WhatAnswersCostStandsBelow) {
    view.event(agent::MessageBegan{R"({"role":"assistant"})"}, nullptr);
    const chat::Message answer{.role = chat::Role::kAssistant, .text = "said"};
    view.event(
        agent::MessageEnded{
            .message =
                R"({"role":"assistant","usage":{"input":10,"output":5,"cacheRead":3,"cacheWrite":2,"cost":{"total":0.1234}}})"},
        &answer);
    EXPECT_THAT(shown(), HasSubstr("$0.123"));
}

TEST_F(SessionViewTest, GoingToAMessageOffersItsTextAgain) {
    ASSERT_TRUE(desk.session.append({.role = chat::Role::kUser, .text = "one"}));
    ASSERT_TRUE(desk.session.append({.role = chat::Role::kAssistant, .text = "answer one"}));
    const auto before = desk.session.leaf();
    ASSERT_TRUE(desk.session.append({.role = chat::Role::kUser, .text = "two"}));
    view.load();
    EXPECT_THAT(shown(), HasSubstr("answer one"));
    type("/tree\r\r");
    // First it is asked whether the files were others there.
    ASSERT_THAT(desk.types(), ElementsAre("restore_files"));
    EXPECT_EQ(desk.sent[0].entry_id, before);
    EXPECT_EQ(desk.sent[0].look_only, true);
    files_answered("restore_files", R"({"done":[],"left":[]})");
    ASSERT_THAT(desk.types(), ElementsAre("restore_files", "navigate_tree"));
    EXPECT_EQ(desk.sent[1].restore_files, false);
    EXPECT_EQ(desk.sent[1].summarize, false);
    ASSERT_TRUE(desk.session.branch_from(before));
    view.answer(
        R"({"type":"response","command":"navigate_tree","success":true,"data":{"cancelled":false,"editorText":"two"}})");
    EXPECT_EQ(view.editor().text(), "two");
}

TEST_F(SessionViewTest, APlaceWithOtherFilesOrABranchThatIsLeftOffersWays) {
    ASSERT_TRUE(desk.session.append({.role = chat::Role::kUser, .text = "one"}));
    ASSERT_TRUE(desk.session.append({.role = chat::Role::kAssistant, .text = "answer one"}));
    type("/tree\r\x1b[A\r");
    files_answered("restore_files", R"({"done":[{"path":"a"},{"path":"b"}],"left":[]})");
    EXPECT_THAT(shown(), testing::AllOf(HasSubstr("2 files"), HasSubstr("summary of what is left")));
    type("files and\r");
    ASSERT_EQ(desk.sent.back().type, "navigate_tree");
    EXPECT_EQ(desk.sent.back().restore_files, true);
    EXPECT_EQ(desk.sent.back().summarize, true);
    EXPECT_TRUE(view.busy());
    view.answer(R"({"type":"response","command":"navigate_tree","success":true,"data":{"cancelled":true}})");
    EXPECT_THAT(shown(), HasSubstr("Stopped"));
}

TEST_F(SessionViewTest, WhereFilesCannotBeLookedAtOneCanGoAllTheSame) {
    ASSERT_TRUE(desk.session.append({.role = chat::Role::kUser, .text = "one"}));
    type("/tree\r\r");
    view.answer(
        R"({"id":"look","type":"response","command":"restore_files","success":false,"error":"dropped as too old"})");
    EXPECT_THAT(shown(), HasSubstr("dropped as too old"));
    EXPECT_EQ(desk.sent.back().type, "navigate_tree");
}

TEST_F(SessionViewTest, AnUndoLooksFirstAndAsksWhereOthersChangedFiles) {
    type("/undo\r");
    ASSERT_THAT(desk.types(), ElementsAre("undo"));
    EXPECT_EQ(desk.sent[0].look_only, true);
    files_answered("undo", R"({"done":[{"path":"a"}],"left":[],"text":"looked"})");
    ASSERT_THAT(desk.types(), ElementsAre("undo", "undo"));
    EXPECT_FALSE(desk.sent[1].look_only.value_or(false));
    view.answer(
        R"({"type":"response","command":"undo","success":true,"data":{"done":[],"left":[],"text":"Taken back."}})");
    EXPECT_THAT(shown(), HasSubstr("Taken back."));
    type("/redo\r");
    files_answered("redo",
                   R"({"done":[{"path":"a"}],"left":[{"path":"b","ofOthers":true}],"text":"left b"})");
    EXPECT_THAT(shown(), testing::AllOf(HasSubstr("left b"), HasSubstr("Leave those files")));
    type("overwrite\r");
    EXPECT_EQ(desk.sent.back().type, "redo");
    EXPECT_EQ(desk.sent.back().force, true);
    const auto count = desk.sent.size();
    type("/undo\r");
    files_answered("undo", R"({"done":[],"left":[{"path":"b","ofOthers":true}],"text":"left b"})");
    type("\x1b");
    EXPECT_EQ(desk.sent.size(), count + 1);
    type("/undo force\r");
    EXPECT_EQ(desk.sent.back().force, true);
}

TEST_F(SessionViewTest, DifferencesOfTurnsAreAskedForByNumberAndShown) {
    type("/diff 0 2\r");
    EXPECT_EQ(desk.sent.back().from, 0);
    EXPECT_EQ(desk.sent.back().to, 2);
    view.answer(
        R"({"type":"response","command":"diff","success":true,"data":{"diff":"--- a/x\n+++ b/x\n-old\n+new\n"}})");
    EXPECT_THAT(shown(), testing::AllOf(HasSubstr("-old"), HasSubstr("+new")));
    type("/diff\r");
    EXPECT_FALSE(desk.sent.back().from);
    const auto count = desk.sent.size();
    type("/diff x\r");
    EXPECT_EQ(desk.sent.size(), count);
}

TEST_F(SessionViewTest, AnEntryOfTheTreeIsLabelled) {
    ASSERT_TRUE(desk.session.append({.role = chat::Role::kUser, .text = "one"}));
    const auto id = desk.session.leaf();
    type("/tree\rL");
    EXPECT_THAT(shown(), HasSubstr("Label"));
    type("here\r");
    ASSERT_EQ(desk.sent.back().type, "set_label");
    EXPECT_EQ(desk.sent.back().entry_id, id);
    EXPECT_EQ(desk.sent.back().label, "here");
    EXPECT_THAT(shown(), HasSubstr("Tree of this session"));
    // Escape leaves it as it is; nothing takes it away.
    const auto count = desk.sent.size();
    type("Lother\x1b");
    EXPECT_EQ(desk.sent.size(), count);
    type("/tree\rL\r");
    EXPECT_EQ(desk.sent.back().label, "");
}

TEST_F(SessionViewTest, NothingFromOutsideReachesTheTerminalAsAControlSequence) {
    stream("\x1b[2J\x07 text");
    end("\x1b[2J\x07 text");
    const chat::ToolCall call{"c", "bash", "{\"command\":\"echo \\u001b]0;x\\u0007\"}"};
    view.event(agent::ToolBegan{call}, nullptr);
    view.event(agent::ToolEnded{.call = call, .text = "\x1b[31mred\x1b[0m\r\n"}, nullptr);
    for (const char c : shown())
        EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
}

TEST_F(SessionViewTest, CtrlDEndsOnlyWithAnEmptyEditor) {
    type("x\x04");
    EXPECT_FALSE(view.ended());
    type("\x03\x04");
    EXPECT_TRUE(view.ended());
}

// What is on the screen behind every key is the end of the history and the live lines, in every size.
class RandomSession : public SessionViewTest {
protected:
    int below(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }

    void step() {
        static const std::vector<std::string> keys = {
            "a",          " ",
            "word ",      "\u6f22\u5b57",
            "\U0001F600", "\r",
            "\x1b\r",     "\n",
            "\x7f",       "\x17",
            "\x19",       "\x1b[A",
            "\x1b[B",     "\x1b[C",
            "\x1b[D",     "\x0f",
            "\x14",       "\x1b",
            "\x03",       "/",
            "@",          "!ls",
            "/tree\r",    "/help\r",
            "/model\r",   "\t",
            "\x1f",       "\x1b[200~a\nb\nc\n\n\n\n\n\n\n\n\n\n\x1b[201~",
            "\x0c",       "/theme light\r"};
        const int what = below(10);
        if (what < 6) {
            type(keys[static_cast<std::size_t>(below(static_cast<int>(keys.size())))]);
        } else if (what == 6) {
            stream("Some *text* with `code`.\n\n- item\n\n| a | b |\n|--|--|\n| 1 | \u6f22 |");
        } else if (what == 7) {
            end("Some *text* with `code`.\n\n- item");
        } else if (what == 8) {
            const chat::ToolCall call{std::to_string(below(3)), "bash", R"({"command":"make\ntest"})"};
            view.event(agent::ToolBegan{call}, nullptr);
            if (below(2) == 0)
                view.event(agent::ToolEnded{.call = call, .text = "one\ntwo\nthree\n4\n5\n6\n7"}, nullptr);
        } else {
            view.idle();
        }
    }

    std::mt19937 random;
};

TEST_F(RandomSession, ThousandScriptsOfKeysAndSizesLeaveNoWrongCell) {
    for (unsigned seed = 0; seed < 1000; ++seed) {
        random.seed(seed);
        made.emplace(desk, Keymap::defaults(), dark_theme());  // in the same place
        Size size{5 + below(30), 10 + below(80)};
        Screen screen(size, ColourDepth::k256);
        test::TerminalModel terminal(size, below(size.rows));
        for (int n = 0; n < 12; ++n) {
            step();
            if (below(10) == 0) {
                size = {5 + below(30), 10 + below(80)};
                screen.resize(size);
                terminal.resize(size);
            }
            const bool all = view.take_redraw();
            const auto frame = view.frame(size, n);
            auto bytes = all ? std::nullopt : screen.draw(frame.done, frame.live, frame.cursor);
            if (!bytes)
                bytes = screen.redraw(view.history(static_cast<std::size_t>(size.rows), size.columns),
                                      frame.live, frame.cursor);
            terminal.write(*bytes);
            ASSERT_EQ(terminal.unknown, "") << "seed " << seed << ", step " << n;
            const auto top = terminal.cursor_row() - static_cast<int>(frame.cursor.row);
            for (int i = 0; i < static_cast<int>(frame.live.size()); ++i) {
                if (top + i < 0 || top + i >= size.rows) continue;
                std::string expected;
                for (const auto& span : frame.live[static_cast<std::size_t>(i)])
                    expected += span.text;
                while (expected.ends_with(' '))
                    expected.pop_back();
                ASSERT_EQ(terminal.row(top + i), expected)
                    << "seed " << seed << ", step " << n << ", live line " << i;
            }
        }
    }
}

class Asked : public SessionViewTest {
protected:
    Question question(Question::Kind kind) {
        return {.id = "1",
                .kind = kind,
                .text = "Run this?\nrm -rf x",
                .choices = {{"yes", "Yes", ""}, {"no", "No", ""}},
                .prefill = "as it is",
                .reply = [this](const std::optional<std::string>& value) {
                    replies.push_back(value.value_or("(closed)"));
                }};
    }

    std::vector<std::string> replies;
};

TEST_F(Asked, AChoiceIsMadeFromAListUnderTheWholeText) {
    view.ask(question(Question::Kind::kChoice));
    EXPECT_THAT(shown(), HasSubstr("rm -rf x"));
    type("\x1b[B\r");
    EXPECT_THAT(replies, ElementsAre("no"));
    type("hello\r");
    EXPECT_THAT(desk.types(), ElementsAre("prompt"));
}

TEST_F(Asked, EscapeClosesItAndTheNextOneIsAsked) {
    view.ask(question(Question::Kind::kChoice));
    view.ask(question(Question::Kind::kChoice));
    type("\x1b");
    EXPECT_THAT(replies, ElementsAre("(closed)"));
    type("\r");
    EXPECT_THAT(replies, ElementsAre("(closed)", "yes"));
}

TEST_F(Asked, ATextIsWrittenInTheEditorWhichThenHasWhatWasThere) {
    type("half a prompt");
    view.ask(question(Question::Kind::kText));
    EXPECT_EQ(view.editor().text(), "as it is");
    type(" now\r");
    EXPECT_THAT(replies, ElementsAre("as it is now"));
    EXPECT_EQ(view.editor().text(), "half a prompt");
    EXPECT_TRUE(desk.sent.empty());
}

TEST_F(Asked, WhatIsWithdrawnIsNotAnswered) {
    view.ask(question(Question::Kind::kChoice));
    view.withdraw("1");
    type("hi\r");
    EXPECT_TRUE(replies.empty());
    EXPECT_THAT(desk.types(), ElementsAre("prompt"));
}

TEST_F(Asked, StatusAndWidgetsAreShownUntilTheyAreTakenAway) {
    view.show_status("a", "all \x1b[31mgood");
    view.show_widget("w", {"step one", "step two"}, false);
    EXPECT_THAT(shown(), HasSubstr("all \\x1b[31mgood"));
    EXPECT_THAT(shown(), HasSubstr("step two"));
    view.show_status("a", std::nullopt);
    view.show_widget("w", {}, false);
    EXPECT_EQ(shown().find("step"), std::string::npos);
    EXPECT_EQ(shown().find("good"), std::string::npos);
}

TEST_F(Asked, ACommandOfAnExtensionIsSentAsItIs) {
    type("/greet Ann\r");
    ASSERT_THAT(desk.types(), ElementsAre("prompt"));
    EXPECT_EQ(desk.sent[0].message, "/greet Ann");
    EXPECT_EQ(desk.sent[0].streaming_behavior, "steer");  // while a run goes on, a prompt of this name
    EXPECT_FALSE(view.busy());
    type("/greet Bob\x1b\r");
    EXPECT_EQ(desk.sent.back().streaming_behavior, "followUp");
    type("/help\r");
    EXPECT_THAT(shown(), HasSubstr("says hello"));
}

}  // namespace
}  // namespace hearth::tui
