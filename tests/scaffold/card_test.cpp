#include "scaffold/card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::scaffold {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kSample =
    "---\ntitle: Keeping bees\nkind: knowledge\nwords: bee hive\n---\n\nOpen the hive at noon.\n";

std::string error_of(std::string_view text) {
    const auto card = parse_card(text, "a");
    return card ? "none" : card.error().message();
}

TEST(Card, HasWhatItsHeaderSaysAndTheTextBehindIt) {
    const auto card = parse_card(kSample, "bees").value();
    EXPECT_EQ(card.name, "bees");
    EXPECT_EQ(card.kind, CardKind::kKnowledge);
    EXPECT_EQ(card.title, "Keeping bees");
    EXPECT_EQ(card.words, "bee hive");
    EXPECT_EQ(card.tool, "");
    EXPECT_EQ(card_text(card), "A hint, where it fits: Keeping bees.\nOpen the hive at noon.");
}

TEST(Card, OfAToolNamesIt) {
    const auto card = parse_card("---\ntitle: T\nkind: tool\ntool: edit\n---\nx", "t").value();
    EXPECT_EQ(card.kind, CardKind::kTool);
    EXPECT_EQ(card.tool, "edit");
}

TEST(Card, WhatIsWrongIsSaidWithItsLine) {
    EXPECT_EQ(error_of("no header"), "line 1: a card needs \"title: …\" in its header");
    EXPECT_THAT(error_of("---\ntitle: T\nkind: poem\n---\nx"),
                AllOf(HasSubstr("line 3:"), HasSubstr("poem")));
    EXPECT_THAT(error_of("---\ntitle: T\nwrods: a\n---\nx"),
                AllOf(HasSubstr("line 3:"), HasSubstr("'wrods'")));
    EXPECT_THAT(error_of("---\ntitle: T\nkind: tool\n---\nx"), HasSubstr("line 3:"));
    EXPECT_THAT(error_of("---\ntitle: T\ntool: read\n---\nx"), HasSubstr("line 3:"));
    EXPECT_THAT(error_of("---\ntitle: T\n---\n \n"), HasSubstr("line 2:"));
    EXPECT_THAT(error_of("---\ntitle: T\n"), HasSubstr("line 1:"));
    EXPECT_THAT(error_of("---\ntitle: T\n---\n" + std::string(1001, 'x')), HasSubstr("1001 bytes"));
    EXPECT_THAT(error_of("---\ntitle: \xff\n---\nx"), HasSubstr("UTF-8"));
}

class CardFolders : public testing::Test {
protected:
    void put(const std::string& path, std::string_view text) {
        const auto file = folder_.path() / path;
        ASSERT_TRUE(os::make_directories(file.parent_path()));
        ASSERT_TRUE(os::write_file_atomic(file, text));
    }

    FoundCards read() { return read_cards({folder_.path() / "a", folder_.path() / "b"}); }

    os::TempDir folder_ = *os::TempDir::create("hearth-cards");
};

TEST_F(CardFolders, ALaterFolderReplacesACardByItsName) {
    put("a/one.md", kSample);
    put("a/two.md", kSample);
    put("a/notes.txt", "no card");
    put("b/two.md", "---\ntitle: Another\n---\nx");
    const auto found = read();
    EXPECT_THAT(found.notices, IsEmpty());
    ASSERT_EQ(found.cards.size(), 2U);
    EXPECT_EQ(found.cards[0].name, "one");
    EXPECT_EQ(found.cards[1].title, "Another");
}

TEST_F(CardFolders, ABrokenFileIsNamedWithItsLineAndTheOthersAreRead) {
    put("b/good.md", kSample);
    put("b/bad.md", "---\ntitle: T\nkind: poem\n---\nx");
    const auto found = read();
    EXPECT_EQ(found.cards.size(), 1U);
    EXPECT_THAT(found.notices, ElementsAre(HasSubstr((folder_.path() / "b/bad.md").string() + ": line 3: ")));
}

TEST_F(CardFolders, AFolderThatIsNotThereHasNone) {
    const auto found = read();
    EXPECT_THAT(found.cards, IsEmpty());
    EXPECT_THAT(found.notices, IsEmpty());
}

}  // namespace
}  // namespace hearth::scaffold
