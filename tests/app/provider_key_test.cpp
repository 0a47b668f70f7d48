#include "app/provider_key.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "os/files.h"

namespace hearth::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

// Sets variables and takes them back at its end.
class Variables {
public:
    void set(const std::string& name, const std::string& value) {
        const char* before = std::getenv(name.c_str());
        before_.emplace_back(name, before == nullptr ? std::nullopt : std::optional<std::string>(before));
        ::setenv(name.c_str(), value.c_str(), 1);
    }

    ~Variables() {
        for (const auto& [name, value] : before_) {
            if (value) {
                ::setenv(name.c_str(), value->c_str(), 1);
            } else {
                ::unsetenv(name.c_str());
            }
        }
    }

private:
    std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

class ProviderKey : public testing::Test {
protected:
    os::TempDir folder_ = *os::TempDir::create("hearth-provider-key");
    guard::SecretStore secrets_{folder_.path() / "secrets"};
    Variables variables_;
};

remote::ModelOffer offer_of(const std::string& url) {
    remote::ModelOffer offer;
    offer.provider = "desk";
    offer.id = "m";
    offer.base_url = url;
    return offer;
}

TEST_F(ProviderKey, AValueIsWhatItsFormSays) {
    variables_.set("HEARTH_TEST_KEY", "from the variable");
    variables_.set("hearth_test_lower", "lower");
    ASSERT_TRUE(secrets_.set("kept", *guard::Secret::from_text("from-the-store")));
    const auto value = [&](const std::string& text) {
        const auto found = resolved_value(text, secrets_);
        return found ? *found : "error: " + found.error().message();
    };
    EXPECT_EQ(value("$HEARTH_TEST_KEY"), "from the variable");
    EXPECT_EQ(value("${HEARTH_TEST_KEY}"), "from the variable");
    EXPECT_EQ(value("HEARTH_TEST_KEY"), "from the variable");
    EXPECT_EQ(value("hearth_test_lower"), "lower") << "the name of a variable that is set";
    EXPECT_EQ(value("secret:kept"), "from-the-store");
    EXPECT_EQ(value("ollama"), "ollama");
    EXPECT_EQ(value("sk-literal"), "sk-literal");
    EXPECT_EQ(value("!printf '%s\\n' \"$HEARTH_TEST_KEY\""), "from the variable");
    EXPECT_EQ(value("HEARTH_TEST_ABSENT"),
              "error: models.json names the variable HEARTH_TEST_ABSENT, which is not set");
    EXPECT_THAT(value("secret:absent"), HasSubstr("hearth secret set absent"));
    EXPECT_THAT(value("!exit 3"), HasSubstr("exit status 3"));
    EXPECT_THAT(value("!true"), HasSubstr("printed nothing"));
}

TEST_F(ProviderKey, IsThatOfModelsJsonThenTheStoresThenTheVariables) {
    auto offer = offer_of("https://api.example/v1");
    offer.key_variables = {"HEARTH_TEST_FIRST", "HEARTH_TEST_SECOND"};
    auto none = find_credentials(offer, secrets_);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), Code::kPermission);
    EXPECT_EQ(none.error().message(),
              "desk needs a key: set HEARTH_TEST_FIRST, or `hearth secret set desk`, or \"apiKey\" of "
              "providers.desk in "
              "models.json");
    variables_.set("HEARTH_TEST_SECOND", "of-the-variable");
    EXPECT_EQ(find_credentials(offer, secrets_)->key, "of-the-variable");
    EXPECT_EQ(find_credentials(offer, secrets_)->source, "HEARTH_TEST_SECOND");
    ASSERT_TRUE(secrets_.set("desk", *guard::Secret::from_text("of-the-store")));
    EXPECT_EQ(find_credentials(offer, secrets_)->key, "of-the-store");
    EXPECT_EQ(find_credentials(offer, secrets_)->source, "the secret 'desk'");
    offer.key = "of-the-file";
    offer.headers = {{"X-Team", "$HEARTH_TEST_SECOND"}};
    const auto found = find_credentials(offer, secrets_);
    EXPECT_EQ(found->key, "of-the-file");
    EXPECT_EQ(found->source, "models.json");
    EXPECT_THAT(found->headers, ElementsAre(Pair("X-Team", "of-the-variable")));
}

TEST_F(ProviderKey, OfBedrockIsATokenOrAnAccount) {
    for (const char* name : {"AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                             "AWS_SESSION_TOKEN", "AWS_PROFILE"})
        variables_.set(name, "");
    const auto file = folder_.path() / "credentials";
    variables_.set("AWS_SHARED_CREDENTIALS_FILE", file.string());
    variables_.set("AWS_CONFIG_FILE", (folder_.path() / "absent").string());
    auto offer = offer_of("https://bedrock-runtime.us-east-1.amazonaws.com");
    offer.dialect = chat::Dialect::kBedrock;
    offer.key_variables = {"AWS_BEARER_TOKEN_BEDROCK"};
    EXPECT_EQ(find_credentials(offer, secrets_).error().code(), Code::kPermission);
    ASSERT_TRUE(os::write_file_atomic(
        file,
        "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = planted-in-the-file\n"
        "[sso]\nsso_session = s\n"));
    auto found = find_credentials(offer, secrets_);
    ASSERT_TRUE(found && found->aws);
    EXPECT_EQ(found->aws->secret, "planted-in-the-file");
    EXPECT_EQ(found->source, "the profile 'default'");
    KnownSecrets known;
    add_provider_keys(remote::ProviderBook({}, [](const char*) { return std::string(); }), known);
    EXPECT_EQ(known.without("it is planted-in-the-file").removed, 1U);
    variables_.set("AWS_ACCESS_KEY_ID", "AKIA2");
    variables_.set("AWS_SECRET_ACCESS_KEY", "of-the-variable");
    EXPECT_EQ(find_credentials(offer, secrets_)->aws->id, "AKIA2");
    variables_.set("AWS_PROFILE", "sso");
    const auto sso = find_credentials(offer, secrets_);
    ASSERT_FALSE(sso);
    EXPECT_NE(sso.error().message().find("export-credentials"), std::string::npos);
    variables_.set("AWS_BEARER_TOKEN_BEDROCK", "a-token");
    found = find_credentials(offer, secrets_);
    EXPECT_EQ(found->key, "a-token");
    EXPECT_FALSE(found->aws);
}

TEST_F(ProviderKey, OfVertexIsAKeyOrAnAccount) {
    const auto file = folder_.path() / "account.json";
    variables_.set("GOOGLE_CLOUD_API_KEY", "");
    variables_.set("GOOGLE_APPLICATION_CREDENTIALS", file.string());
    auto offer =
        offer_of("https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google");
    offer.dialect = chat::Dialect::kVertex;
    offer.key_variables = {"GOOGLE_CLOUD_API_KEY"};
    EXPECT_EQ(find_credentials(offer, secrets_).error().code(), Code::kNotFound);
    ASSERT_TRUE(os::write_file_atomic(
        file, R"({"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"})"));
    auto found = find_credentials(offer, secrets_);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->key, "");
    EXPECT_EQ(found->source, "GOOGLE_APPLICATION_CREDENTIALS");
    variables_.set("GOOGLE_CLOUD_API_KEY", "a-key");
    EXPECT_EQ(find_credentials(offer, secrets_)->key, "a-key");
}

TEST_F(ProviderKey, IsNotSentInTheClearIntoOtherNetworks) {
    auto offer = offer_of("http://api.example/v1");
    offer.key = "of-the-file";
    const auto refused = find_credentials(offer, secrets_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("write https://"));
    EXPECT_THAT(refused.error().message(), Not(HasSubstr("of-the-file")));
    offer.base_url = "http://192.168.0.7:8000/v1";
    EXPECT_TRUE(find_credentials(offer, secrets_));
}

TEST_F(ProviderKey, IsOneLine) {
    variables_.set("HEARTH_TEST_KEY", "a\r\nX-Other: planted");
    auto offer = offer_of("https://api.example/v1");
    offer.key = "HEARTH_TEST_KEY";
    const auto refused = find_credentials(offer, secrets_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(),
                testing::AllOf(HasSubstr("on one line"), Not(HasSubstr("planted"))));
}

TEST_F(ProviderKey, AServerOfOnesOwnNeedsNone) {
    const auto found = find_credentials(offer_of("http://127.0.0.2:8000/v1"), secrets_);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->key, "");
}

TEST_F(ProviderKey, ThoseInTheEnvironmentAndInModelsJsonAreKnownSecrets) {
    variables_.set("HEARTH_TEST_KEY", "planted-in-the-environment");
    variables_.set("OPENAI_API_KEY", "planted-for-openai");
    const auto marker = folder_.path() / "ran";
    const remote::ProviderBook book(
        *remote::parse_models_file(
            R"({"providers":{"a":{"apiKey":"HEARTH_TEST_KEY","headers":{"X":"planted-in-a-header"}},
            "b":{"apiKey":"planted-as-text"},"c":{"apiKey":"!touch )" +
                marker.string() + R"("}}})",
            "models.json"),
        [](const char*) { return std::string(); });
    KnownSecrets known;
    add_provider_keys(book, known);
    for (const auto* planted :
         {"planted-in-the-environment", "planted-for-openai", "planted-in-a-header", "planted-as-text"})
        EXPECT_THAT(known.without(std::string("key ") + planted).text, Not(HasSubstr(planted)));
    EXPECT_FALSE(std::filesystem::exists(marker)) << "no command is run for it";
}

}  // namespace
}  // namespace hearth::app
