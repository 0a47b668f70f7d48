#include "app/code_resources.h"

#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CodeResourcesTest : public testing::Test {
protected:
    CodeResourcesTest() {
        paths_.config = root() / "hearth/config";
        paths_.data = root() / "hearth/data";
        paths_.state = root() / "hearth/state";
        fs::create_directories(workspace());
        // Nothing of whoever runs the test.
        ::setenv("HOME", (root() / "home").c_str(), 1);
        ::unsetenv("PI_CODING_AGENT_DIR");
    }

    ~CodeResourcesTest() override { ::setenv("HOME", home_before_.c_str(), 1); }

    [[nodiscard]] fs::path root() const { return fs::canonical(folder_.path()); }

    [[nodiscard]] fs::path workspace() const { return root() / "home/project"; }

    void write(const std::string& path, const std::string& text) const {
        ASSERT_TRUE(os::write_file_atomic(root() / path, text));
    }

    void skill(const std::string& folder, const std::string& description = "d") const {
        write(folder + "/SKILL.md", "---\ndescription: " + description + "\n---\nBody of it.");
    }

    std::unique_ptr<CodeResources> load(bool trusted = false) {
        workspace_ = workspace();
        auto made = CodeResources::load({.paths = paths_,
                                         .workspace = workspace_,
                                         .choice = choice_,
                                         .settings = settings_,
                                         .trusted = trusted});
        EXPECT_TRUE(made) << made.error().message();
        return *std::move(made);
    }

    static std::vector<std::string> names(const CodeResources& texts) {
        std::vector<std::string> out;
        for (const auto& each : texts.commands())
            out.emplace_back(string_member(*parse_json(each), "name").value_or(""));
        return out;
    }

    os::Paths paths_;
    ResourceChoice choice_;
    resources::Settings settings_;

private:
    std::string home_before_ = os::environment("HOME");
    os::TempDir folder_ = *os::TempDir::create("hearth-code-resources");
    fs::path workspace_;
};

TEST_F(CodeResourcesTest, WithoutAnyThePromptIsHearthsOwn) {
    EXPECT_EQ(load()->system_prompt("Base.", {8192}), "Base.");
    EXPECT_THAT(load()->commands(), IsEmpty());
}

TEST_F(CodeResourcesTest, AreFoundInThePlacesOfHearthAndPi) {
    skill("hearth/config/skills/ours");
    skill("home/.pi/agent/skills/theirs");
    skill("home/.agents/skills/common");
    write("hearth/config/prompts/review.md", "Review $1");
    write("home/.pi/agent/prompts/ship.md", "Ship it");
    EXPECT_THAT(names(*load()), ElementsAre("review", "ship", "skill:ours", "skill:theirs", "skill:common"));
    choice_.no_skills = true;
    EXPECT_THAT(names(*load()), ElementsAre("review", "ship"));
    choice_.skills = {(root() / "home/.agents/skills/common").string()};
    choice_.no_prompts = true;
    EXPECT_THAT(names(*load()), ElementsAre("skill:common"));
}

TEST_F(CodeResourcesTest, AProjectsAreUsedOnceItIsTrusted) {
    skill("home/project/.hearth/skills/a");
    skill("home/project/.pi/skills/b");
    skill("home/project/.agents/skills/c");
    write("home/project/.pi/prompts/p.md", "P");
    write("home/project/.hearth/SYSTEM.md", "Theirs.");
    write("home/project/.pi/APPEND_SYSTEM.md", "And more.");
    EXPECT_THAT(load()->commands(), IsEmpty());
    EXPECT_EQ(load()->system_prompt("Base.", {8192}), "Base.");
    const auto texts = load(true);
    EXPECT_THAT(names(*texts), ElementsAre("p", "skill:a", "skill:b", "skill:c"));
    EXPECT_THAT(texts->system_prompt("Base.", {8192}), testing::StartsWith("Theirs.\n\nAnd more.\n\n"));
    EXPECT_THAT(texts->commands().front(),
                HasSubstr(R"("source":"auto","scope":"project","origin":"top-level","baseDir":)"));
}

TEST_F(CodeResourcesTest, TheCurrentFolderIsNoHome) {
    skill("home/project/.pi/agent/skills/planted");
    skill("home/project/.agents/skills/common");
    write("home/project/.pi/agent/prompts/prompt.md", "P");
    const auto before = fs::current_path();
    fs::current_path(workspace());
    for (const char* home : {static_cast<const char*>(nullptr), "", "."}) {
        ::unsetenv("HOME");
        if (home != nullptr) ::setenv("HOME", home, 1);
        // Whoever runs the test may have others.
        const auto found = names(*load());
        for (const auto* name : {"skill:planted", "skill:common", "prompt"})
            EXPECT_THAT(found, Not(Contains(name)));
    }
    fs::current_path(before);
}

TEST_F(CodeResourcesTest, NoLinkOfAProjectLeadsOutOfIt) {
    write("secret.txt", "Secret.");
    write("home/project/.hearth/keep", "");
    write("home/project/.pi/keep", "");
    write("home/project/docs/system.md", "Inside.");
    fs::create_symlink(root() / "secret.txt", workspace() / ".hearth/SYSTEM.md");
    fs::create_symlink(root() / "secret.txt", workspace() / ".pi/APPEND_SYSTEM.md");
    const auto texts = load(true);
    EXPECT_EQ(texts->system_prompt("Base.", {8192}), "Base.");
    EXPECT_THAT(texts->notices(),
                ElementsAre(AllOf(HasSubstr(".hearth/SYSTEM.md"), HasSubstr("leads out")),
                            AllOf(HasSubstr(".pi/APPEND_SYSTEM.md"), HasSubstr("leads out"))));
    fs::create_symlink("../docs/system.md", workspace() / ".pi/SYSTEM.md");
    EXPECT_EQ(load(true)->system_prompt("Base.", {8192}), "Inside.");
}

TEST_F(CodeResourcesTest, NoFolderOfAProjectIsALinkOutOfIt) {
    skill("home/mine/secret");
    write("home/mine/note.md", "Mine.");
    skill("home/project/docs/skills/inside");
    for (const auto* folder : {".hearth", ".pi"})
        fs::create_directories(workspace() / folder);
    fs::create_directory_symlink(root() / "home/mine", workspace() / ".hearth/skills");
    fs::create_directory_symlink(root() / "home/mine", workspace() / ".hearth/prompts");
    fs::create_directory_symlink("../docs/skills", workspace() / ".pi/skills");
    const auto texts = load(true);
    EXPECT_THAT(names(*texts), ElementsAre("skill:inside"));
    EXPECT_THAT(texts->notices(),
                ElementsAre(AllOf(HasSubstr(".hearth/skills"), HasSubstr("leads out of the project")),
                            AllOf(HasSubstr(".hearth/prompts"), HasSubstr("leads out of the project"))));
    // A person's own may be anywhere.
    fs::create_directories(paths_.config);
    fs::create_directory_symlink(root() / "home/mine", paths_.config / "skills");
    EXPECT_THAT(names(*load(true)), Contains("skill:secret"));
}

TEST_F(CodeResourcesTest, ThePersonMayKeepLinks) {
    write("dotfiles/system.md", "Mine.");
    write("hearth/config/keep", "");
    fs::create_symlink(root() / "dotfiles/system.md", root() / "hearth/config/SYSTEM.md");
    EXPECT_EQ(load(true)->system_prompt("Base.", {8192}), "Mine.");
}

TEST_F(CodeResourcesTest, APackageBringsThem) {
    skill("package/skills/x");
    write("package/prompts/y.md", "Y");
    write("hearth/config/packages.json", R"({"version":1,"packages":[{"source":"npm:tools","folder":")" +
                                             (root() / "package").string() + R"("}]})");
    const auto texts = load();
    EXPECT_THAT(names(*texts), ElementsAre("y", "skill:x"));
    EXPECT_THAT(texts->commands().back(),
                AllOf(HasSubstr(R"("source":"npm:tools","scope":"user","origin":"package")")));
    write("package/package.json", R"({"pi":{"skills":["../out"]}})");
    const auto damaged = load();
    EXPECT_THAT(names(*damaged), ElementsAre("y"));
    EXPECT_THAT(damaged->notices(), ElementsAre(AllOf(HasSubstr("npm:tools"), HasSubstr("outside"))));
}

TEST_F(CodeResourcesTest, SettingsNameFurtherPlaces) {
    skill("home/elsewhere/s");
    settings_.skills = {{"~/elsewhere", paths_.config / "settings.json"},
                        {"gone", paths_.config / "settings.json"}};
    const auto texts = load();
    EXPECT_THAT(names(*texts), ElementsAre("skill:s"));
    EXPECT_THAT(texts->notices(), ElementsAre(HasSubstr("does not exist")));
    settings_.skill_commands = resources::Setting<bool>{false, paths_.config / "settings.json"};
    EXPECT_THAT(load()->commands(), IsEmpty());
    EXPECT_EQ(load()->expanded("/skill:s"), "/skill:s");
    EXPECT_THAT(load()->system_prompt("", {8192}), HasSubstr("<name>s</name>"));
}

TEST_F(CodeResourcesTest, WhatIsSaidStandsForALongerText) {
    skill("hearth/config/skills/s");
    write("hearth/config/prompts/review.md", "Review $1 with ${2:-care}.");
    const auto texts = load();
    EXPECT_EQ(texts->expanded("/review main.cpp"), "Review main.cpp with care.");
    EXPECT_EQ(texts->expanded(" /review 'a b'\n\"c d\" "), "Review a b with c d.");
    EXPECT_THAT(texts->expanded("/skill:s now\nthen"),
                AllOf(HasSubstr("Body of it."), testing::EndsWith("\n\nnow\nthen")));
    for (const auto* text : {"hello", "/unknown x", "/skill:none", "see /review", "/", ""})
        EXPECT_EQ(texts->expanded(text), text);
}

TEST_F(CodeResourcesTest, APathThatIsNamedHasToBeThere) {
    choice_.skills = {"/no/such"};
    const auto folder = workspace();
    const auto made = CodeResources::load(
        {.paths = paths_, .workspace = folder, .choice = choice_, .settings = settings_, .trusted = false});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), Code::kNotFound);
    EXPECT_THAT(made.error().message(), AllOf(HasSubstr("--skill"), HasSubstr("/no/such")));
}

TEST_F(CodeResourcesTest, AFileInPlaceOfThePromptHasToBeReadable) {
    write("system.md", "Theirs.");
    choice_.system = (root() / "system.md").string();
    EXPECT_EQ(load()->system_prompt("Base.", {8192}), "Theirs.");
    // A file that is there and that nobody can read from its beginning, root included.
    fs::remove(root() / "system.md");
    fs::create_symlink("/proc/self/mem", root() / "system.md");
    const auto folder = workspace();
    const auto made = CodeResources::load(
        {.paths = paths_, .workspace = folder, .choice = choice_, .settings = settings_, .trusted = false});
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message(), AllOf(HasSubstr("--system-prompt"), HasSubstr("system.md")));
}

TEST_F(CodeResourcesTest, OnlyTheSkillsFolderIsShown) {
    skill("hearth/config/skills/s");
    skill("home/project/.hearth/skills/inside");
    write("notes/alone.md", "---\ndescription: d\n---\nx");
    write("home/SKILL.md", "---\nname: wide\ndescription: d\n---\nx");
    choice_.skills = {(root() / "notes/alone.md").string(), (root() / "home/SKILL.md").string()};
    const auto texts = load(true);
    EXPECT_THAT(names(*texts), ElementsAre("skill:alone", "skill:wide", "skill:inside", "skill:s"));
    EXPECT_THAT(texts->command_folders(), ElementsAre(root() / "hearth/config/skills/s"));
    EXPECT_THAT(texts->readable().files, ElementsAre(root() / "notes/alone.md", root() / "home/SKILL.md"));
    ASSERT_EQ(texts->readable().folders.size(), 1U);
    EXPECT_THAT(texts->notices(), ElementsAre(AllOf(HasSubstr("home/SKILL.md"), HasSubstr("too wide"))));
}

TEST_F(CodeResourcesTest, TheListKeepsToAnEighthOfTheWindow) {
    for (int i = 0; i < 40; ++i)
        skill("hearth/config/skills/s" + std::to_string(i), std::string(500, 'd'));
    const auto texts = load();
    const auto small = texts->system_prompt("", {8192});
    EXPECT_LE(small.size(), 8192U / 8 * 3 + 2);
    EXPECT_THAT(texts->notices(), ElementsAre(AllOf(HasSubstr("no room"), HasSubstr("s9"))));
    EXPECT_LE(load()->system_prompt("", {1'000'000}).size(), 16'002U);
}

TEST_F(CodeResourcesTest, NotesOfThePersonStandBeforeTheProjects) {
    write("hearth/config/AGENTS.md", "Mine.");
    write("home/project/AGENTS.md", "Theirs.");
    const auto prompt = load()->system_prompt("Base.", {8192});
    EXPECT_LT(prompt.find("Mine."), prompt.find("Theirs."));
    choice_.no_context_files = true;
    EXPECT_EQ(load()->system_prompt("Base.", {8192}), "Base.");
    choice_.system = "Say little.";
    write("more.txt", "From a file.");
    choice_.append_system = (root() / "more.txt").string();
    EXPECT_EQ(load()->system_prompt("Base.", {8192}), "Say little.\n\nFrom a file.");
    EXPECT_THAT(load()->system_prompt("Base.", {8192}), Not(HasSubstr("Base")));
}

}  // namespace
}  // namespace hearth::app
