#include "app/code_cards.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"
#include "sandbox/workspace_files.h"
#include "scaffold/workbench.h"

namespace hearth::app {
namespace {

class CodeCardsTest : public testing::Test {
protected:
    Result<std::unique_ptr<scaffold::CardKeeper>> open(bool asked) {
        return open_cards(
            {.paths = paths_, .asked = asked, .warn = [this](std::string_view text) { warned_ += text; }});
    }

    void put(const std::filesystem::path& file, std::string_view text) {
        ASSERT_TRUE(os::make_directories(file.parent_path()));
        ASSERT_TRUE(os::write_file_atomic(file, text));
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-code-cards");
    os::Paths paths_{.config = folder_.path() / "config"};
    std::string warned_;
};

TEST_F(CodeCardsTest, ThereAreNoneUntilAPersonAsks) {
    EXPECT_EQ(open(false).value(), nullptr);
    EXPECT_NE(open(true).value(), nullptr);
    put(paths_.config / "config.toml", "[code]\ncards = true\n");
    EXPECT_NE(open(false).value(), nullptr);
    put(paths_.config / "config.toml", "[code]\ncards = 1\n");
    EXPECT_FALSE(open(false));
    EXPECT_EQ(warned_, "");
}

TEST_F(CodeCardsTest, APersonsOwnAreReadAndABrokenOneIsNamed) {
    put(paths_.config / "cards" / "bees.md",
        "---\ntitle: Keeping bees in a wooden hive\nwords: flowers\n---\nOpen it at noon.\n");
    put(paths_.config / "cards" / "bad.md", "---\ntitle: T\nkind: poem\n---\nx");
    const auto keeper = open(true).value();
    EXPECT_THAT(warned_, testing::HasSubstr("bad.md: line 3: "));
    std::string text = "Keeping bees in a wooden hive near flowers";
    ASSERT_TRUE(keeper->on_prompt(text, {}));
    EXPECT_THAT(text, testing::HasSubstr("Open it at noon."));
}

TEST_F(CodeCardsTest, ThoseBesideTheProgramGoBeforeThoseOfItsSources) {
    const auto program = folder_.path() / "bin";
    ASSERT_TRUE(os::make_directories(folder_.path() / "share/hearth/cards"));
    ASSERT_TRUE(os::make_directories(program));
    EXPECT_THAT(card_folders(program, paths_),
                testing::ElementsAre(folder_.path() / "share/hearth/cards", paths_.config / "cards"));
    EXPECT_THAT(
        card_folders(folder_.path() / "elsewhere", paths_),
        testing::ElementsAre(testing::Truly([](const auto& each) { return each.filename() == "cards"; }),
                             paths_.config / "cards"));
}

TEST_F(CodeCardsTest, WhatIsKnownOfATaskHasItsPlacesAndWhereThePromptSaysLittleItsTexts) {
    put(folder_.path() / "w" / "bees.py", "def open_hive(hour):\n    raise NotImplementedError\n");
    put(folder_.path() / "w" / "README.md", "Hives are opened at noon.\n");
    const auto files = sandbox::WorkspaceFiles::open(folder_.path() / "w").value();
    const auto known = [&](const std::string& task) {
        return known_of_task(scaffold::Workbench::open(files, {}, task, "", {}, {}).value());
    };
    EXPECT_THAT(known("Make it work."), testing::AllOf(testing::HasSubstr("open_hive"),
                                                       testing::HasSubstr("Hives are opened at noon.")));
    EXPECT_THAT(known("Open the hive. " + std::string(200, 'x')),
                testing::AllOf(testing::HasSubstr("bees.py"), testing::Not(testing::HasSubstr("at noon"))));
}

}  // namespace
}  // namespace hearth::app
