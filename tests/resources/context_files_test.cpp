#include "resources/context_files.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "os/files.h"

namespace hearth::resources {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ContextFilesTest : public testing::Test {
protected:
    [[nodiscard]] fs::path root() const { return fs::canonical(folder_.path()); }

    void write(const std::string& path, const std::string& text) const {
        ASSERT_TRUE(os::write_file_atomic(root() / path, text));
    }

    // Texts of those below the test's own folder.
    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> out;
        for (const auto& each : find_context_files(root() / "user", root() / "a/project")) {
            if (each.path.string().starts_with(root().string())) out.push_back(each.text);
        }
        return out;
    }

private:
    os::TempDir folder_ = *os::TempDir::create("hearth-context");
};

TEST_F(ContextFilesTest, ComeFromThePersonAndFromTheRootDown) {
    write("user/AGENTS.md", "mine");
    write("a/CLAUDE.md", "above");
    write("a/project/AGENTS.md", "here");
    EXPECT_THAT(texts(), ElementsAre("mine", "above", "here"));
}

TEST_F(ContextFilesTest, TheFirstNameOfAFolderCounts) {
    write("a/project/CLAUDE.md", "claude");
    EXPECT_THAT(texts(), ElementsAre("claude"));
    write("a/project/AGENTS.md", "agents");
    EXPECT_THAT(texts(), ElementsAre("agents"));
    write("a/project/AGENTS.override.md", "override");
    EXPECT_THAT(texts(), ElementsAre("override"));
}

TEST_F(ContextFilesTest, NoLinkLeadsOutOfTheProject) {
    write("secret.txt", "secret");
    write("a/project/docs/notes.md", "notes");
    fs::create_symlink(root() / "secret.txt", root() / "a/project/AGENTS.md");
    fs::create_symlink("docs/notes.md", root() / "a/project/CLAUDE.md");
    EXPECT_THAT(texts(), ElementsAre("notes"));
}

TEST_F(ContextFilesTest, WhatOthersPutAboveIsNotRead) {
    write("a/AGENTS.md", "planted");
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    ASSERT_EQ(::chown((root() / "a/AGENTS.md").c_str(), 12345, 12345), 0);
    EXPECT_THAT(texts(), IsEmpty());
}

TEST(ContextText, NamesTheFilesAndKeepsTheNearestWhole) {
    const std::vector<ContextFile> files = {{"/user/AGENTS.md", std::string(500, 'u') + "\n"},
                                            {"/p/AGENTS.md", std::string(300, 'p') + "\n"}};
    EXPECT_EQ(tell_context_files({}, "/p", 1000), "");
    EXPECT_EQ(tell_context_files({files[1]}, "/p", 1000),
              "\n\nNotes of this project for you (AGENTS.md):\n" + files[1].text);
    const auto both = tell_context_files(files, "/p", 1000);
    EXPECT_LT(both.find("(/user/AGENTS.md)"), both.find("(AGENTS.md)"));
    const auto tight = tell_context_files(files, "/p", 400);
    EXPECT_THAT(tight, HasSubstr(files[1].text));
    EXPECT_THAT(tight, Not(HasSubstr(files[0].text)));
    EXPECT_THAT(tight, HasSubstr("(/user/AGENTS.md)"));
    EXPECT_THAT(tell_context_files(files, "/p", 200), Not(HasSubstr("/user")));
}

}  // namespace
}  // namespace hearth::resources
