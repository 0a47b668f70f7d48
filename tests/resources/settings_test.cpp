#include "resources/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::resources {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Settings> parse(std::string_view text, SettingsOf whose = SettingsOf::kUser,
                       const std::string& file = "/u/settings.json") {
    return parse_settings(text, file, whose);
}

auto named(const std::string& value) { return Field(&Setting<std::string>::value, value); }

TEST(Settings, AreReadByPisNames) {
    const auto settings = *parse(R"({
        "defaultProvider": "hearth", "defaultModel": "a:1b", "theme": "dark",
        "steeringMode": "all", "followUpMode": "one-at-a-time",
        "compaction": {"enabled": false, "reserveTokens": 1},
        "retry": {"enabled": true, "maxRetries": 5, "baseDelayMs": 100},
        "hideThinkingBlock": true, "quietStartup": false, "enableSkillCommands": false,
        "externalEditor": "vi", "defaultProjectTrust": "never",
        "skills": ["~/s", "t"], "prompts": ["p"]})");
    EXPECT_EQ(settings.default_provider->value, "hearth");
    EXPECT_EQ(settings.default_model->value, "a:1b");
    EXPECT_EQ(settings.theme->value, "dark");
    EXPECT_TRUE(settings.steer_all->value);
    EXPECT_FALSE(settings.follow_up_all->value);
    EXPECT_FALSE(settings.compaction->value);
    EXPECT_TRUE(settings.retry->value);
    EXPECT_EQ(settings.retries->value, 5);
    EXPECT_EQ(settings.delay_ms->value, 100);
    EXPECT_TRUE(settings.hide_thinking->value);
    EXPECT_FALSE(settings.quiet->value);
    EXPECT_FALSE(settings.skill_commands->value);
    EXPECT_EQ(settings.editor->value, "vi");
    EXPECT_EQ(settings.project_trust->value, "never");
    EXPECT_EQ(settings.theme->file, "/u/settings.json");
    EXPECT_THAT(settings.skills, ElementsAre(named("~/s"), named("t")));
    EXPECT_THAT(settings.prompts, ElementsAre(named("p")));
    EXPECT_THAT(settings.unused, ElementsAre(named("compaction.reserveTokens")));
}

TEST(Settings, SayThatNoModelIsShownImages) {
    const auto settings = parse(R"({"images": {"blockImages": true, "autoResize": false}})");
    ASSERT_TRUE(settings) << settings.error().message();
    ASSERT_TRUE(settings->block_images);
    EXPECT_TRUE(settings->block_images->value);
    EXPECT_THAT(settings->unused, ElementsAre(named("images.autoResize")));
    EXPECT_FALSE(parse(R"({"images": {"blockImages": 1}})"));
    EXPECT_TRUE(merge(Settings(), *settings).block_images);
}

TEST(Settings, MayHaveKeysOfOthers) {
    EXPECT_THAT(parse(R"({"transport": "sse", "terminal": {"images": true}})")->unused,
                ElementsAre(named("transport"), named("terminal")));
}

TEST(Settings, AProjectCannotRunProgramsOrTrustItself) {
    const auto settings = *parse(
        R"({"externalEditor": "rm -rf ~", "defaultProjectTrust": "always", "theme": "dark", "sessionDir": "/tmp/x"})",
        SettingsOf::kProject);
    EXPECT_FALSE(settings.editor);
    EXPECT_FALSE(settings.project_trust);
    EXPECT_FALSE(settings.session_dir);
    EXPECT_TRUE(settings.theme);
    EXPECT_THAT(settings.unused,
                ElementsAre(named("externalEditor"), named("defaultProjectTrust"), named("sessionDir")));
}

TEST(Settings, NameThePlaceOfAMistake) {
    const auto why = [](std::string_view text) { return parse(text).error().message(); };
    EXPECT_THAT(why("{\n  \"theme\": 1\n}"), AllOf(HasSubstr("/u/settings.json:2: "), HasSubstr("'theme'")));
    EXPECT_THAT(why("{\n\"retry\": {\n\"maxRetries\": 99}}"),
                HasSubstr("/u/settings.json:3: 'retry.maxRetries'"));
    EXPECT_THAT(why("{\"steeringMode\": \"some\"}"), HasSubstr("one-at-a-time"));
    EXPECT_THAT(why("{\"skills\": [1]}"), HasSubstr("list of paths"));
    EXPECT_THAT(why("{\"retry\": true}"), HasSubstr("an object"));
    EXPECT_THAT(why("{\n\n  // no\n}"), HasSubstr("/u/settings.json:3: "));
    EXPECT_THAT(why("[]"), HasSubstr("no JSON object"));
}

TEST(Settings, OfTheProjectGoOverThoseOfThePerson) {
    const auto user = *parse(R"({"theme": "dark", "quietStartup": true, "skills": ["u"]})");
    const auto project =
        *parse(R"({"theme": "light", "skills": ["p"]})", SettingsOf::kProject, "/p/.pi/settings.json");
    const auto both = merge(user, project);
    EXPECT_EQ(both.theme->value, "light");
    EXPECT_EQ(both.theme->file, "/p/.pi/settings.json");
    EXPECT_TRUE(both.quiet->value);
    EXPECT_THAT(both.skills, ElementsAre(named("p"), named("u")));
}

TEST(Settings, PathsBeginAtTheirFile) {
    EXPECT_EQ(path_of({"../x", "/p/.pi/settings.json"}, "/home/a"), "/p/x");
    EXPECT_EQ(path_of({"~/x", "/p/settings.json"}, "/home/a"), "/home/a/x");
    EXPECT_EQ(path_of({"/x", "/p/settings.json"}, "/home/a"), "/x");
}

TEST(Settings, AFileThatIsNotThereSaysNothing) {
    const auto folder = *os::TempDir::create("hearth-settings");
    EXPECT_FALSE(read_settings(folder.path() / "settings.json", SettingsOf::kUser)->theme);
    ASSERT_TRUE(os::write_file_atomic(folder.path() / "settings.json", "{"));
    EXPECT_FALSE(read_settings(folder.path() / "settings.json", SettingsOf::kUser));
    EXPECT_THAT(parse("{}")->unused, IsEmpty());
}

}  // namespace
}  // namespace hearth::resources
