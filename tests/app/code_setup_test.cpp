#include "app/code_setup.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "app/code_chat.h"
#include "os/files.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// A machine without a model, and a models.json that names two elsewhere, of which one thinks.
class CodeSetupTest : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("HEARTH_HOME", folder_.path().c_str(), 1);
        paths_ = os::paths_from_environment();
        ASSERT_TRUE(os::write_file_atomic(
            paths_.config / "models.json",
            R"({"providers":{"desk":{"baseUrl":"http://127.0.0.2/v1","api":"openai-completions","apiKey":"any",
            "models":[{"id":"plain","contextWindow":8000},{"id":"deep","contextWindow":9000,"reasoning":true}]}}})"));
    }

    void TearDown() override {
        if (home_before_.empty()) {
            ::unsetenv("HEARTH_HOME");
        } else {
            ::setenv("HEARTH_HOME", home_before_.c_str(), 1);
        }
    }

    Result<agent::ModelInfo> first(CodeModels& models, const std::string& settings,
                                   const std::string& named = "") {
        return first_model(
            models, named,
            *resources::parse_settings(settings, "/s/settings.json", resources::SettingsOf::kUser), notices_);
    }

    std::string home_before_ = os::environment("HEARTH_HOME");
    os::TempDir folder_ = *os::TempDir::create("hearth-code-setup");
    os::Paths paths_;
    std::vector<std::string> notices_;
};

TEST_F(CodeSetupTest, FirstModelOfTheSettingsMayBeElsewhereWhereNoneIsInstalled) {
    CodeModels models(paths_, {}, {});
    const auto first_one = first(models, R"({"defaultModel":"deep"})");
    ASSERT_TRUE(first_one) << first_one.error().message();
    EXPECT_EQ(agent::author_of(*first_one), "desk/deep");
    EXPECT_THAT(notices_, IsEmpty());
    EXPECT_FALSE(first(models, R"({"defaultModel":"gone"})"));
    EXPECT_FALSE(first(models, "{}"));
}

TEST_F(CodeSetupTest, FirstModelOfTheSettingsIsNotListedWhereItsProviderIsNamed) {
    CodeModels models(paths_, {}, {});
    const auto first_one = first(models, R"({"defaultProvider":"anthropic","defaultModel":"some-model"})");
    ASSERT_TRUE(first_one) << first_one.error().message();
    EXPECT_EQ(agent::author_of(*first_one), "anthropic/some-model");
}

TEST_F(CodeSetupTest, FirstModelThinksAsItCanItself) {
    CodeModels deep(paths_, {.thinking = chat::ThinkingLevel::kHigh}, {});
    ASSERT_TRUE(first(deep, R"({"defaultModel":"deep"})"));
    EXPECT_EQ(deep.first_thinking(), chat::ThinkingLevel::kHigh);
    EXPECT_EQ(deep.notice(), "");
    CodeModels plain(paths_, {.thinking = chat::ThinkingLevel::kHigh}, {});
    ASSERT_TRUE(first(plain, R"({"defaultModel":"plain"})"));
    EXPECT_EQ(plain.first_thinking(), chat::ThinkingLevel::kOff);
    EXPECT_THAT(plain.notice(), HasSubstr("desk/plain does not think at level high"));
}

TEST_F(CodeSetupTest, FirstModelThatIsNamedCountsBeforeTheSettings) {
    CodeModels models(paths_, {.model = "desk/plain"}, {});
    EXPECT_EQ(first(models, R"({"defaultModel":"deep"})", "desk/plain")->id, "plain");
}

TEST_F(CodeSetupTest, SessionsAreWhereTheSettingsSay) {
    EXPECT_EQ(sessions_folder(paths_, "")->path, paths_.state / "sessions");
    EXPECT_FALSE(sessions_folder(paths_, "")->flat);
    const auto said = [this](const std::string& folder) {
        EXPECT_TRUE(
            os::write_file_atomic(paths_.config / "settings.json", R"({"sessionDir":")" + folder + "\"}"));
        const auto found = *sessions_folder(paths_, "");
        EXPECT_TRUE(found.flat);
        return found.path;
    };
    EXPECT_EQ(said("/kept/here"), "/kept/here");
    EXPECT_EQ(said("~/kept"), os::home_folder() / "kept");
    EXPECT_EQ(said(".pi/sessions"), std::filesystem::current_path() / ".pi/sessions");
    EXPECT_EQ(sessions_folder(paths_, "/given")->path, "/given");
}

}  // namespace
}  // namespace hearth::app
