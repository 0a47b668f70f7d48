#include "history/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "history/history_fixture.h"

namespace hearth::history {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FileState file(const char* content) { return {Kind::kFile, 0644, 1, content}; }

TEST(Compose, ChangesInARowAreOneStep) {
    const std::vector<Changes> changes = {{{"f", file("1"), file("2")}}, {{"f", file("2"), file("3")}}};
    const auto steps = compose(changes);
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].from, file("1"));
    EXPECT_EQ(steps[0].to, file("3"));
    EXPECT_FALSE(steps[0].disturbed);
}

TEST(Compose, WhatIsAgainAsItWasIsNoStep) {
    const std::vector<Changes> changes = {{{"f", std::nullopt, file("1")}}, {{"f", file("1"), std::nullopt}}};
    EXPECT_THAT(compose(changes), IsEmpty());
}

TEST(Compose, WhatSomebodyElseChangedBetweenIsDisturbed) {
    const std::vector<Changes> changes = {{{"f", file("1"), file("2")}}, {{"f", file("other"), file("3")}}};
    const auto steps = compose(changes);
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_TRUE(steps[0].disturbed);
}

TEST(CountWords, CountsFilesAlone) {
    const FileState folder{Kind::kFolder, 0755, 0, {}};
    EXPECT_EQ(count_words({{"d", std::nullopt, folder},
                           {"d/a", std::nullopt, file("1")},
                           {"b", file("1"), file("2")},
                           {"c", file("1"), std::nullopt}}),
              "3 files: 1 new, 1 changed, 1 removed");
    EXPECT_EQ(count_words({}), "no files");
}

TEST_F(HistoryTest, ChangesOfASnapshotToAnotherAreToldByPath) {
    put("kept.txt", "same");
    put("a.txt", "1");
    put("sub/b.txt", "1");
    put("gone/c.txt", "1");
    const auto before = take();
    put("a.txt", "2");
    put("new/d.txt", "1");
    fs::remove_all(workspace_ / "gone");
    fs::permissions(workspace_ / "sub/b.txt", fs::perms::owner_exec, fs::perm_options::add);
    const auto after = take();
    EXPECT_THAT(words(between(before, after)),
                ElementsAre("changed a.txt", "removed gone", "removed gone/c.txt", "made new",
                            "made new/d.txt", "changed sub/b.txt"));
    EXPECT_THAT(between(before, before), IsEmpty());
    EXPECT_EQ(inverse(between(before, after)), between(after, before));
}

TEST_F(HistoryTest, AFolderThatBecameAFileIsBothRemovedAndMade) {
    put("x/a.txt", "1");
    const auto before = take();
    fs::remove_all(workspace_ / "x");
    put("x", "now a file");
    const auto after = take();
    EXPECT_THAT(words(between(before, after)), ElementsAre("changed x", "removed x/a.txt"));
}

}  // namespace
}  // namespace hearth::history
