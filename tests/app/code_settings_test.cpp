#include "app/code_settings.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;

resources::Settings settings(const std::string& text) {
    return *resources::parse_settings(text, "/s/settings.json", resources::SettingsOf::kUser);
}

TEST(CodeSettings, AProjectsCountOnceItIsTrusted) {
    const auto folder = *os::TempDir::create("hearth-code-settings");
    os::Paths paths;
    paths.config = folder.path() / "config";
    const auto project = folder.path() / "project";
    ASSERT_TRUE(os::write_file_atomic(paths.config / "settings.json", R"({"theme":"dark"})"));
    ASSERT_TRUE(
        os::write_file_atomic(project / ".pi/settings.json", R"({"theme":"light","quietStartup":true})"));
    EXPECT_EQ(person_settings(paths)->theme->value, "dark");
    EXPECT_EQ(with_project_settings(*person_settings(paths), project)->theme->value, "light");
    ASSERT_TRUE(os::write_file_atomic(project / ".hearth/settings.json", R"({"theme":"mine"})"));
    EXPECT_EQ(with_project_settings(*person_settings(paths), project)->theme->value, "mine");
    EXPECT_TRUE(with_project_settings(*person_settings(paths), project)->quiet->value);
    ASSERT_TRUE(os::write_file_atomic(project / ".hearth/settings.json", "{]"));
    EXPECT_TRUE(person_settings(paths));
    EXPECT_THAT(with_project_settings(*person_settings(paths), project).error().message(),
                HasSubstr(".hearth/settings.json:1: "));
}

TEST(CodeSettings, TheDefaultModelHasToBeHere) {
    const std::vector<agent::ModelInfo> models = {{"hearth", "a", "", {8192}, {2048}},
                                                  {"hearth", "b", "", {8192}, {2048}}};
    EXPECT_FALSE(default_model(models, settings("{}")));
    EXPECT_EQ(default_model(models, settings(R"({"defaultModel":"b"})"))->id, "b");
    EXPECT_EQ(default_model(models, settings(R"({"defaultProvider":"hearth","defaultModel":"b"})"))->id, "b");
    EXPECT_FALSE(default_model(models, settings(R"({"defaultProvider":"anthropic","defaultModel":"b"})")));
    EXPECT_FALSE(default_model(models, settings(R"({"defaultModel":"c"})")));
}

TEST(CodeSettings, SayHowASessionBegins) {
    const auto plain = rpc_defaults(settings("{}"));
    EXPECT_EQ(plain.steering, agent::QueueMode::kOneAtATime);
    EXPECT_TRUE(plain.auto_compaction);
    EXPECT_TRUE(plain.auto_retry);
    EXPECT_EQ(plain.retries.most, 3);
    const auto set =
        rpc_defaults(settings(R"({"steeringMode":"all","followUpMode":"all","compaction":{"enabled":false},
        "retry":{"enabled":false,"maxRetries":7,"baseDelayMs":50}})"));
    EXPECT_EQ(set.steering, agent::QueueMode::kAll);
    EXPECT_EQ(set.follow_ups, agent::QueueMode::kAll);
    EXPECT_FALSE(set.auto_compaction);
    EXPECT_FALSE(set.auto_retry);
    EXPECT_EQ(set.retries.most, 7);
    EXPECT_EQ(set.retries.first_delay, std::chrono::milliseconds(50));
}

}  // namespace
}  // namespace hearth::app
