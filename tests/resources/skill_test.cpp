#include "resources/skill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::resources {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Skill skill(const std::string& name, const std::string& description) {
    Skill out{.name = name, .description = description, .body = "Do it."};
    out.file = "/skills/" + name + "/SKILL.md";
    return out;
}

TEST(Skill, HasANameADescriptionAndABody) {
    const auto made = *parse_skill(
        "---\nname: pdf-forms\ndescription: Fills forms\nlicense: MIT\n---\n\n# Forms\n\nText\n", "folder");
    EXPECT_EQ(made.name, "pdf-forms");
    EXPECT_EQ(made.description, "Fills forms");
    EXPECT_EQ(made.body, "# Forms\n\nText");
    EXPECT_FALSE(made.for_person_only);
    EXPECT_THAT(made.flaws, IsEmpty());
}

TEST(Skill, IsNamedAsItsFolderWhereItsHeaderDoesNot) {
    EXPECT_EQ(parse_skill("---\ndescription: d\n---\nx", "folder")->name, "folder");
}

TEST(Skill, NeedsADescription) {
    EXPECT_THAT(parse_skill("---\nname: x\n---\ntext", "x").error().message(), HasSubstr("no description"));
    EXPECT_FALSE(parse_skill("---\ndescription: \"  \"\n---\ntext", "x"));
    EXPECT_FALSE(parse_skill("no header", "x"));
}

TEST(Skill, CannotHaveANameThatCannotBeSaid) {
    for (const auto* name : {"two words", "a/b", "a\\b"})
        EXPECT_FALSE(parse_skill(std::string("---\nname: ") + name + "\ndescription: d\n---\n", "x")) << name;
}

TEST(Skill, IsUsedWithFlawsThatAreNamed) {
    const auto flaws = [](const std::string& name) {
        return parse_skill("---\nname: " + name + "\ndescription: d\n---\n", "x")->flaws;
    };
    for (const auto* name : {"PDF", "-a", "a-", "a--b", "a_b"})
        EXPECT_THAT(flaws(name), ElementsAre(HasSubstr("lower-case"))) << name;
    EXPECT_THAT(flaws(std::string(65, 'a')), ElementsAre(HasSubstr("more than 64")));
    EXPECT_THAT(flaws("a-1"), IsEmpty());
    EXPECT_THAT(parse_skill("---\ndescription: " + std::string(1025, 'd') + "\n---\n", "x")->flaws,
                ElementsAre(HasSubstr("1025 bytes")));
}

TEST(Skill, CanBeForAPersonAlone) {
    EXPECT_TRUE(
        parse_skill("---\ndescription: d\ndisable-model-invocation: true\n---\n", "x")->for_person_only);
    EXPECT_FALSE(
        parse_skill("---\ndescription: d\ndisable-model-invocation: false\n---\n", "x")->for_person_only);
}

TEST(SkillList, NamesWhatAModelMayRead) {
    auto hidden = skill("hidden", "never told");
    hidden.for_person_only = true;
    const auto list = list_skills({skill("a", "reads <x> & y"), hidden, skill("b", "two\nlines")}, 10'000);
    EXPECT_THAT(list.text, AllOf(HasSubstr("<name>a</name>"), HasSubstr("reads &lt;x&gt; &amp; y"),
                                 HasSubstr("<location>/skills/b/SKILL.md</location>"), HasSubstr("two lines"),
                                 Not(HasSubstr("hidden"))));
    EXPECT_THAT(list.left_out, IsEmpty());
}

TEST(SkillList, IsEmptyWithoutSkills) {
    EXPECT_EQ(list_skills({}, 10'000).text, "");
    auto hidden = skill("hidden", "d");
    hidden.for_person_only = true;
    EXPECT_EQ(list_skills({hidden}, 10'000).text, "");
}

TEST(SkillList, KeepsToItsBudget) {
    std::vector<Skill> skills;
    for (int i = 0; i < 20; ++i)
        skills.push_back(skill("skill-" + std::to_string(i), std::string(1000, 'd')));
    const auto cut = list_skills(skills, 8000);
    EXPECT_LE(cut.text.size(), 8000U);
    EXPECT_THAT(cut.left_out, IsEmpty());
    EXPECT_THAT(cut.text, HasSubstr("skill-19"));
    const auto fewer = list_skills(skills, 2000);
    EXPECT_LE(fewer.text.size(), 2000U);
    EXPECT_THAT(fewer.text, AllOf(HasSubstr("skill-0"), Not(HasSubstr("skill-19"))));
    ASSERT_FALSE(fewer.left_out.empty());
    EXPECT_EQ(fewer.left_out.back(), "skill-19");
    const auto none = list_skills(skills, 100);
    EXPECT_EQ(none.text, "");
    EXPECT_EQ(none.left_out.size(), skills.size());
}

TEST(SkillCall, PutsTheBodyBeforeWhatWasSaid) {
    EXPECT_EQ(call_skill(skill("a", "d"), " the report "),
              "<skill name=\"a\" location=\"/skills/a/SKILL.md\">\nPaths in it begin at /skills/a.\n\nDo "
              "it.\n</skill>"
              "\n\nthe report");
    EXPECT_THAT(call_skill(skill("a", "d"), ""), testing::EndsWith("</skill>"));
}

}  // namespace
}  // namespace hearth::resources
