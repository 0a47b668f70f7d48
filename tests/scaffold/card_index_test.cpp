#include "scaffold/card_index.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::scaffold {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::filesystem::path shipped_folder() { return std::filesystem::path(HEARTH_SOURCE_DIR) / "cards"; }

const CardIndex& shipped() {
    static const CardIndex index(read_cards({shipped_folder()}).cards);
    return index;
}

// The name of the card that a text gets; empty for none.
std::string card_of(std::string_view text) {
    const auto hits = shipped().search(text);
    return hits.empty() ? std::string() : shipped().cards()[hits.front().card].name;
}

TEST(CardWords, NamesAreSplitAndFormsOfAWordMeet) {
    EXPECT_THAT(card_words("mergeRanges merged_range HTTPServer x"),
                ElementsAre("merg", "rang", "merg", "rang", "http", "server"));
    EXPECT_EQ(card_words("parsing parses parsed"), card_words("parse parse parse"));
    EXPECT_EQ(card_words("Entries"), card_words("entry"));
}

TEST(CardWords, WhatStandsInAnyTextAboutCodeIsLeftOut) {
    EXPECT_THAT(card_words("Implement the function so that all tests pass: it returns lists of strings."),
                IsEmpty());
}

TEST(CardWords, AnyBytesAreTaken) {
    EXPECT_THAT(card_words(std::string_view("\xff\0\xc3 A\x80", 6)), testing::SizeIs(1));
    EXPECT_THAT(card_words(""), IsEmpty());
    EXPECT_THAT(card_words(std::string(100, 'y')), IsEmpty());
}

TEST(CardIndex, WithoutCardsOrWordsNothingIsFound) {
    EXPECT_THAT(CardIndex({}).search("binary search"), IsEmpty());
    EXPECT_EQ(CardIndex({}).of_tool("read"), nullptr);
    for (const auto* text :
         {"", "Fix the bug please.", "Make the tests pass.", "What does main.py do?",
          "Rename the main window's title and add a logo.", "def area(width, height): return width * height"})
        EXPECT_EQ(card_of(text), "") << text;
}

TEST(CardIndex, OneWordIsNotEnough) {
    EXPECT_EQ(card_of("dijkstra"), "");
    EXPECT_EQ(card_of("heap heap heap heap heap heap"), "");
}

TEST(CardIndex, ATextGetsTheCardOfItsProblem) {
    EXPECT_EQ(card_of("Find the cheapest route between two towns in a weighted graph of roads."),
              "shortest-paths");
    EXPECT_EQ(card_of("Round prices half up to whole cents and split the amount between people."),
              "money-rounding");
    EXPECT_EQ(card_of("Write a parser for arithmetic expressions with operator precedence and parentheses."),
              "parsing");
    EXPECT_EQ(card_of("merge overlapping intervals of meetings"), "intervals");
    EXPECT_EQ(card_of("parse_csv_line(text): fields are separated by commas, fields with commas are quoted"),
              "csv");
    EXPECT_EQ(card_of("evict the least recently used entry when the cache is over capacity"), "lru");
    EXPECT_EQ(card_of("order the build steps so that each comes after its dependencies; raise on a cyclic "
                      "dependency"),
              "topological-order");
}

TEST(CardIndex, NamesOfAStubCountAsWords) {
    EXPECT_EQ(card_of("class RingBuffer:\n    def overwriteOldest(self, item): pass\n    capacity = 4\n"),
              "ring-buffer");
}

TEST(CardIndex, ALongTextNeedsMoreThanWordsByChance) {
    std::string text = "merge overlapping intervals of meetings\n";
    ASSERT_EQ(card_of(text), "intervals");
    for (char a = 'a'; a <= 'z'; ++a)
        for (char b = 'a'; b <= 'z'; ++b)
            text += std::string("qq") + a + "x" + b + "z ";
    EXPECT_EQ(card_of(text), "");
}

TEST(CardIndex, TheSameTextGetsTheSameInTheSameOrder) {
    const auto* text = "Group the amounts by month and round the total price of each to whole cents.";
    const auto first = shipped().search(text);
    const auto again = CardIndex(read_cards({shipped_folder()}).cards).search(text);
    ASSERT_FALSE(first.empty());
    ASSERT_EQ(first.size(), again.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(first[i].card, again[i].card);
        EXPECT_DOUBLE_EQ(first[i].score, again[i].score);
    }
}

TEST(CardIndex, OfTwoAlikeTheFirstByNameIsFirst) {
    const Card a{.name = "b", .title = "Keeping bees in a wooden hive", .body = "At noon."};
    auto b = a;
    b.name = "a";
    const Card other{.name = "c", .title = "Baking bread", .body = "With flour."};
    const CardIndex index({a, b, other, other, other});
    const auto hits = index.search("keeping bees in a wooden hive");
    ASSERT_EQ(hits.size(), 2U);
    EXPECT_EQ(index.cards()[hits[0].card].name, "a");
}

TEST(ShippedCards, AllAreCards) {
    const auto found = read_cards({shipped_folder()});
    EXPECT_THAT(found.notices, IsEmpty());
    EXPECT_GE(found.cards.size(), 25U);
    for (const auto* tool : {"read", "write", "edit", "bash", "search"})
        EXPECT_NE(shipped().of_tool(tool), nullptr) << tool;
}

TEST(ShippedCards, EachHasAtMost150Tokens) {
    for (const auto& card : shipped().cards())
        EXPECT_LE(card_text(card).size(), 480U) << card.name;  // 3.2 bytes a token
}

TEST(ShippedCards, EachIsFoundByItsTitle) {
    for (const auto& card : shipped().cards()) {
        if (card.kind == CardKind::kKnowledge) EXPECT_EQ(card_of(card.title), card.name);
    }
}

// A tool's card is told when the tool is called, and not by words.
TEST(ShippedCards, ThoseOfToolsAreNotFoundByWords) {
    EXPECT_NE(card_of("calling the tool edit with old_text and new_text"), "tool-edit");
}

}  // namespace
}  // namespace hearth::scaffold
