#include "resources/discovery.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"
#include "resources/project.h"

namespace hearth::resources {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DiscoveryTest : public testing::Test {
protected:
    [[nodiscard]] fs::path root() const { return fs::canonical(folder_.path()); }

    void write(const std::string& path, const std::string& text) const {
        ASSERT_TRUE(os::write_file_atomic(root() / path, text));
    }

    void skill(const std::string& path, const std::string& name = "") const {
        write(path, "---\n" + (name.empty() ? name : "name: " + name + "\n") + "description: d\n---\nbody\n");
    }

    [[nodiscard]] Place place(const std::string& path, Scope scope = Scope::kUser) const {
        return {.path = root() / path, .source = {.scope = scope}};
    }

    static std::vector<std::string> names(const FoundSkills& found) {
        std::vector<std::string> out;
        for (const auto& each : found.skills)
            out.push_back(each.name);
        return out;
    }

    static std::vector<std::string> told(const std::vector<Notice>& notices) {
        std::vector<std::string> out;
        for (const auto& each : notices)
            out.push_back(notice_text(each));
        return out;
    }

private:
    os::TempDir folder_ = *os::TempDir::create("hearth-discovery");
};

TEST_F(DiscoveryTest, FindsSkillsInFoldersAtAnyDepth) {
    skill("s/one/SKILL.md");
    skill("s/group/two/SKILL.md");
    skill("s/one/inner/SKILL.md");  // belongs to "one"
    skill("s/.hidden/SKILL.md");
    skill("s/node_modules/x/SKILL.md");
    skill("s/loose.md");
    const auto found = find_skills({place("s")});
    EXPECT_THAT(names(found), ElementsAre("two", "loose", "one"));
    EXPECT_EQ(found.skills[0].file, root() / "s/group/two/SKILL.md");
    EXPECT_TRUE(found.skills[1].alone);
    EXPECT_FALSE(found.skills[2].alone);
    EXPECT_THAT(found.notices, IsEmpty());
}

TEST_F(DiscoveryTest, TakesLooseFilesOnlyWhereTheyCount) {
    skill("s/loose.md");
    auto strict = place("s");
    strict.loose_files = false;
    EXPECT_THAT(find_skills({strict}).skills, IsEmpty());
}

TEST_F(DiscoveryTest, TakesAFolderOrAFileThatIsASkillItself) {
    skill("one/SKILL.md");
    EXPECT_THAT(names(find_skills({place("one")})), ElementsAre("one"));
    EXPECT_FALSE(find_skills({place("one/SKILL.md")}).skills.front().alone);
    skill("note.md");
    EXPECT_TRUE(find_skills({place("note.md")}).skills.front().alone);
    auto gone = place("gone");
    EXPECT_THAT(find_skills({gone}).notices, IsEmpty());
    gone.named = true;
    EXPECT_THAT(told(find_skills({gone}).notices), ElementsAre(HasSubstr("does not exist")));
}

TEST_F(DiscoveryTest, TheFirstOfANameCounts) {
    skill("a/x/SKILL.md", "same");
    skill("b/y/SKILL.md", "same");
    const auto found = find_skills({place("a", Scope::kProject), place("b")});
    ASSERT_THAT(names(found), ElementsAre("same"));
    EXPECT_EQ(found.skills[0].source.scope, Scope::kProject);
    EXPECT_THAT(told(found.notices),
                ElementsAre(AllOf(HasSubstr("b/y/SKILL.md"), HasSubstr("a/x/SKILL.md"))));
    // The same file by two ways is one.
    EXPECT_THAT(find_skills({place("a"), place("a")}).notices, IsEmpty());
}

TEST_F(DiscoveryTest, SaysWhatIsDamaged) {
    write("s/bad/SKILL.md", "---\nname: bad\n");
    write("s/mute/SKILL.md", "no header");
    skill("s/Good/SKILL.md");
    const auto found = find_skills({place("s")});
    EXPECT_THAT(names(found), ElementsAre("Good"));
    EXPECT_THAT(told(found.notices),
                ElementsAre(AllOf(HasSubstr("Good/SKILL.md"), HasSubstr("lower-case")),
                            AllOf(HasSubstr("bad/SKILL.md"), HasSubstr("line 1")),
                            AllOf(HasSubstr("mute/SKILL.md"), HasSubstr("no description"))));
}

TEST_F(DiscoveryTest, FollowsLinksButNotInCirclesOrOutOfAProject) {
    skill("elsewhere/x/SKILL.md");
    fs::create_directories(root() / "s/sub");
    fs::create_directory_symlink(root() / "elsewhere/x", root() / "s/x");
    fs::create_directory_symlink(root() / "s", root() / "s/sub/again");
    EXPECT_THAT(names(find_skills({place("s")})), ElementsAre("x"));
    const auto found = find_skills({place("s", Scope::kProject)});
    EXPECT_THAT(found.skills, IsEmpty());
    EXPECT_THAT(told(found.notices), ElementsAre(HasSubstr("leads out")));
}

TEST_F(DiscoveryTest, FindsPromptsAtTheTopOfAFolder) {
    write("p/review.md", "Review $1");
    write("p/empty.md", "");
    write("p/sub/deep.md", "not found");
    write("p/notes.txt", "no prompt");
    const auto found = find_templates({place("p"), place("p/sub/deep.md")});
    ASSERT_EQ(found.templates.size(), 2U);
    EXPECT_EQ(found.templates[0].name, "review");
    EXPECT_EQ(found.templates[1].name, "deep");
    EXPECT_THAT(told(found.notices), ElementsAre(AllOf(HasSubstr("empty.md"), HasSubstr("no text"))));
}

TEST_F(DiscoveryTest, AProjectReachesUpToItsRepository) {
    fs::create_directories(root() / "repo/.git");
    fs::create_directories(root() / "repo/a/b");
    EXPECT_THAT(project_folders(root() / "repo/a/b"),
                ElementsAre(root() / "repo/a/b", root() / "repo/a", root() / "repo"));
    fs::remove(root() / "repo/.git");
    EXPECT_THAT(project_folders(root() / "repo/a/b"), ElementsAre(root() / "repo/a/b"));
}

TEST_F(DiscoveryTest, WhatAProjectBringsNeedsTrust) {
    EXPECT_THAT(project_texts(root()), IsEmpty());
    fs::create_directories(root() / ".git");
    fs::create_directories(root() / ".hearth/prompts");  // empty
    skill(".pi/skills/x/SKILL.md");
    write(".hearth/settings.json", "{}");
    write(".pi/SYSTEM.md", "You are kind.");
    skill(".agents/skills/y/SKILL.md");
    EXPECT_THAT(project_texts(root()), ElementsAre(root() / ".hearth/settings.json", root() / ".pi/skills",
                                                   root() / ".pi/SYSTEM.md", root() / ".agents/skills"));
    EXPECT_THAT(project_texts(root() / "sub"), Contains(root() / ".agents/skills"));
}

}  // namespace
}  // namespace hearth::resources
