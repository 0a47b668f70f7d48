// A run with cards: only the model and its commands are scripted.
#include "scaffold/card_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "agent/loop.h"
#include "os/files.h"
#include "support/scripted_bash.h"
#include "support/scripted_provider.h"

namespace hearth::scaffold {
namespace {

using test::ScriptedProvider;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kBees = "Keep bees in a wooden hive near flowers.";

std::vector<Card> cards() {
    std::vector<Card> out{
        {.name = "bees", .title = "Keeping bees in a wooden hive", .words = "flowers", .body = "At noon."},
        {.name = "bread", .title = "Baking bread in an oven", .words = "flour dough", .body = "With salt."},
        {.name = "tea", .title = "Pouring green tea", .words = "kettle cup", .body = "Not too hot."}};
    for (const auto* tool : {"read", "write", "edit", "bash"})
        out.push_back({.name = std::string("tool-") + tool,
                       .kind = CardKind::kTool,
                       .title = std::string("Calling ") + tool,
                       .tool = tool,
                       .body = "So."});
    return out;
}

class CardKeeperTest : public testing::Test {
protected:
    CardKeeperTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())) {
        EXPECT_TRUE(files_.write("a.py", "A = 1\n"));
        std::tie(tools_, bash_) = test::tools_with_scripted_bash(files_);
        set_up({.cards = CardIndex(cards())});
    }

    void set_up(CardKeeper::Setup setup) {
        setup.told = [this](const ToldCard& card) { told_.push_back(card.name + " " + card.why); };
        keeper_.emplace(std::move(setup));
    }

    void run(const std::string& prompt) {
        const agent::LoopParts parts{session_, provider_, tools_, {&keeper_->ear(), &*keeper_}, {}};
        const auto outcome = agent::run_loop(parts, prompt, {.system = "system"}, {});
        ASSERT_TRUE(outcome) << outcome.error().message();
    }

    void reads(const std::string& path) { provider_.then_call("read", R"({"path":")" + path + "\"}"); }

    // Texts of the results, in their order.
    [[nodiscard]] std::vector<std::string> results() const {
        std::vector<std::string> out;
        for (const auto& message : session_.messages())
            if (message.role == chat::Role::kTool) out.push_back(message.text);
        return out;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-card-keeper");
    sandbox::WorkspaceFiles files_;
    agent::Session session_ = agent::Session::in_memory("/w");
    agent::ToolBox tools_;
    test::ScriptedBash* bash_ = nullptr;
    std::optional<CardKeeper> keeper_;
    ScriptedProvider provider_;
    std::vector<std::string> told_;
};

TEST_F(CardKeeperTest, ACardStandsAtTheEndOfThePromptThatItFits) {
    provider_.then_text("done");
    run(kBees);
    EXPECT_EQ(session_.messages()[1].text,
              std::string(kBees) + "\n\nA hint, where it fits: Keeping bees in a wooden hive.\nAt noon.");
    EXPECT_THAT(told_, ElementsAre("bees task"));
}

TEST_F(CardKeeperTest, APromptThatFitsNothingStaysAsItIs) {
    provider_.then_text("done");
    run("Rename x.");
    EXPECT_EQ(session_.messages()[1].text, "Rename x.");
    EXPECT_THAT(told_, IsEmpty());
}

TEST_F(CardKeeperTest, ACardInViewIsNotToldAgain) {
    provider_.then_text("one");
    provider_.then_text("two");
    run(kBees);
    run(kBees);
    EXPECT_EQ(session_.messages()[3].text, kBees);
    EXPECT_THAT(told_, ElementsAre("bees task"));
}

TEST_F(CardKeeperTest, AnotherSessionWasToldNothing) {
    keeper_->use_session("one");
    for (const auto* session : {"one", "one", "two"}) {
        keeper_->use_session(session);
        std::string text = kBees;
        ASSERT_TRUE(keeper_->on_prompt(text, {}));
    }
    EXPECT_THAT(told_, ElementsAre("bees task", "bees task"));
}

TEST_F(CardKeeperTest, ACardThatACompactionTookMayComeBack) {
    provider_.then_text("one");
    run(kBees);
    // As a context without its first messages looks.
    chat::Request shortened;
    shortened.messages = {{.role = chat::Role::kUser, .text = "a summary"}};
    keeper_->shape(shortened);
    std::string feedback;
    ASSERT_TRUE(keeper_->after_tools(feedback, {}));
    EXPECT_THAT(feedback, HasSubstr("Keeping bees"));
}

TEST_F(CardKeeperTest, WhatTheModelSaidItselfIsNoCardInView) {
    chat::Request request;
    request.messages = {{.role = chat::Role::kAssistant, .text = card_text(cards().front())}};
    keeper_->shape(request);
    std::string text = kBees;
    ASSERT_TRUE(keeper_->on_prompt(text, {}));
    EXPECT_THAT(text, HasSubstr("At noon."));
}

TEST_F(CardKeeperTest, ARefusedCallBringsTheCardOfItsToolOnce) {
    reads("gone.py");
    reads("lost.py");
    provider_.then_text("done");
    run("Rename x.");
    const auto said = results();
    ASSERT_EQ(said.size(), 2U);
    EXPECT_TRUE(said[0].ends_with("\n\nA hint, where it fits: Calling read.\nSo."));
    EXPECT_THAT(said[1], Not(HasSubstr("A hint")));
    EXPECT_THAT(told_, ElementsAre("tool-read error"));
}

TEST_F(CardKeeperTest, TheFirstUseOfAToolBringsItsCard) {
    reads("a.py");
    reads("a.py");
    provider_.then_text("done");
    run("Rename x.");
    EXPECT_THAT(told_, ElementsAre("tool-read use"));
    EXPECT_THAT(results()[0], HasSubstr("Calling read"));
    EXPECT_THAT(results()[1], Not(HasSubstr("A hint")));
}

TEST_F(CardKeeperTest, AnErrorGoesBeforeAFirstUseAndThatBeforeTheTask) {
    std::string text = "Rename x.";
    ASSERT_TRUE(keeper_->on_prompt(text, {}));
    agent::ToolResult refused{"Error: no.", true};
    agent::ToolResult fine{"fine"};
    ASSERT_TRUE(keeper_->after_tool({"1", "edit", "{}"}, refused, {}));
    ASSERT_TRUE(keeper_->after_tool({"2", "bash", "{}"}, fine, {}));
    std::string prompt = kBees;
    ASSERT_TRUE(keeper_->on_prompt(prompt, {}));  // one card, though three would fit
    ASSERT_TRUE(keeper_->after_tool({"3", "write", "{}"}, fine, {}));
    std::string feedback;
    ASSERT_TRUE(keeper_->after_tools(feedback, {}));
    std::string next;
    ASSERT_TRUE(keeper_->after_tools(next, {}));
    std::string last;
    ASSERT_TRUE(keeper_->after_tools(last, {}));
    EXPECT_THAT(told_, ElementsAre("tool-edit error", "tool-write use", "bees task"));
    EXPECT_EQ(last, "");
}

TEST_F(CardKeeperTest, ACommandThatFailsWasCalledRightButForOneThatIsNotThere) {
    bash_->says = {"1 failed\n[exit status 1]", true};
    provider_.then_call("bash", R"({"command":"make test"})");
    provider_.then_text("done");
    run("Rename x.");
    EXPECT_THAT(told_, ElementsAre("tool-bash use"));
    told_.clear();
    keeper_->begin_anew();
    agent::ToolResult missing{"sh: fmt: command not found\n[exit status 127]", true};
    ASSERT_TRUE(keeper_->after_tool({"1", "bash", "{}"}, missing, {}));
    std::string feedback;
    ASSERT_TRUE(keeper_->after_tools(feedback, {}));
    EXPECT_THAT(told_, ElementsAre("tool-bash error"));
}

TEST_F(CardKeeperTest, OnlyACardWithinTheTokensIsTold) {
    set_up({.cards = CardIndex(cards()), .most = {10}});
    provider_.then_text("one");
    run(kBees);
    EXPECT_THAT(told_, IsEmpty());
    // The model's own count goes before the bytes.
    set_up({.cards = CardIndex(cards()),
            .count = [](std::string_view) { return Result<Tokens>(Tokens{10}); },
            .most = {10}});
    provider_.then_text("two");
    run(kBees);
    EXPECT_THAT(told_, ElementsAre("bees task"));
}

TEST_F(CardKeeperTest, WhereTheModelCannotCountBytesDo) {
    set_up({.cards = CardIndex(cards()), .count = [](std::string_view) -> Result<Tokens> {
                return Error(Code::kUnsupported, "no count");
            }});
    provider_.then_text("done");
    run(kBees);
    EXPECT_THAT(told_, ElementsAre("bees task"));
}

TEST_F(CardKeeperTest, InTheTextFormCardsStandBehindPromptsAloneAndWhatIsKnownCounts) {
    set_up({.cards = CardIndex(cards()), .form = agent::CallForm::kText, .about = [] {
                return std::string("dough_test.py: baking bread of flour, oven too cold");
            }});
    std::string text = "a long text that others made of it";
    std::string said = "Make the tests pass.";
    ASSERT_TRUE(keeper_->ear().on_prompt(said, {}));
    ASSERT_TRUE(keeper_->on_prompt(text, {}));
    EXPECT_TRUE(text.starts_with("a long text that others made of it\n\nA hint, where it fits: Baking"));
    agent::ToolResult refused{"Error: no.", true};
    ASSERT_TRUE(keeper_->after_tool({"1", "write", "{}"}, refused, {}));
    std::string feedback;
    ASSERT_TRUE(keeper_->after_tools(feedback, {}));
    EXPECT_EQ(feedback, "");
}

TEST_F(CardKeeperTest, TheUsersWordsAreSearchedAndNotWhatOthersAddToThem) {
    std::string said = "Rename x.";
    ASSERT_TRUE(keeper_->ear().on_prompt(said, {}));
    std::string text = said + "\n\nNotes: " + kBees;
    ASSERT_TRUE(keeper_->on_prompt(text, {}));
    EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace hearth::scaffold
