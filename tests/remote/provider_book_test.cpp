#include "remote/provider_book.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "remote/base_url.h"
#include "remote/built_in_providers.h"

namespace hearth::remote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

ProviderBook book_of(std::string_view text, std::map<std::string, std::string> variables = {}) {
    auto file = parse_models_file(text, "models.json");
    EXPECT_TRUE(file) << file.error().message();
    return ProviderBook(file ? *std::move(file) : ModelsFile(),
                        [&](const char* name) { return variables[name]; });
}

std::string why_not(const ProviderBook& book, std::string_view provider, std::string_view model) {
    const auto found = book.find(provider, model);
    return found ? std::string("found") : found.error().message();
}

TEST(BuiltInProviders, AreComplete) {
    std::string before;
    for (const auto& each : built_in_providers()) {
        EXPECT_LT(before, each.id) << "in their order";
        before = each.id;
        EXPECT_FALSE(each.key_variables.front().empty()) << each.id;
        if (each.base_url.empty()) continue;  // told by the environment
        const auto url = parse_base_url(each.base_url);
        ASSERT_TRUE(url) << each.id;
        EXPECT_TRUE(url->tls) << each.id;
        EXPECT_EQ(url_words(*url), each.base_url);
    }
}

TEST(ProviderBook, BedrockIsInARegion) {
    const auto url = [](const ProviderBook& book, std::string_view model) {
        const auto offer = book.find("amazon-bedrock", model);
        return offer ? offer->base_url + " " + offer->region : offer.error().message();
    };
    EXPECT_EQ(url(book_of("{}"), "m"), "https://bedrock-runtime.us-east-1.amazonaws.com us-east-1");
    const auto west = book_of("{}", {{"AWS_REGION", "eu-west-1"}});
    EXPECT_EQ(url(west, "m"), "https://bedrock-runtime.eu-west-1.amazonaws.com eu-west-1");
    EXPECT_EQ(url(west, "arn:aws:bedrock:eu-north-1:1:inference-profile/m"),
              "https://bedrock-runtime.eu-north-1.amazonaws.com eu-north-1");
    const auto proxy = book_of(
        "{}", {{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://proxy.example"}});
    EXPECT_EQ(url(proxy, "m"), "https://proxy.example eu-west-1");
    const auto said = book_of(
        R"({"providers":{"amazon-bedrock":{"baseUrl":"https://bedrock-runtime.ap-south-1.amazonaws.com"}}})");
    EXPECT_EQ(url(said, "m"), "https://bedrock-runtime.ap-south-1.amazonaws.com ap-south-1");
    EXPECT_EQ(url(book_of("{}", {{"AWS_REGION", "x.example/"}}), "m"),
              "https://bedrock-runtime.us-east-1.amazonaws.com us-east-1");
}

TEST(ProviderBook, VertexIsInAProjectOrTakesAKey) {
    const auto key_url = std::string("https://aiplatform.googleapis.com/v1/publishers/google");
    const auto plain = book_of("{}").find("google-vertex", "gemini-2.5-pro");
    ASSERT_TRUE(plain) << plain.error().message();
    EXPECT_EQ(plain->base_url, key_url);
    EXPECT_EQ(plain->thinking.words.at(chat::ThinkingLevel::kLow), "2048");
    const auto global = book_of("{}", {{"GOOGLE_CLOUD_PROJECT", "p"}}).find("google-vertex", "m");
    EXPECT_EQ(global->base_url,
              "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google");
    EXPECT_EQ(global->key_url, key_url);
    const auto local =
        book_of("{}", {{"GOOGLE_CLOUD_PROJECT", "p"}, {"GOOGLE_CLOUD_LOCATION", "europe-west4"}})
            .find("google-vertex", "m");
    EXPECT_EQ(local->base_url,
              "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/"
              "publishers/google");
    const auto said = book_of(R"({"providers":{"google-vertex":{"baseUrl":"https://proxy.example/v1"}}})")
                          .find("google-vertex", "m");
    EXPECT_EQ(said->base_url, "https://proxy.example/v1");
    EXPECT_EQ(said->key_url, "");
}

TEST(ProviderBook, AnyModelOfAKnownProviderCanBeNamed) {
    const auto book = book_of("{}");
    const auto offer = book.find("anthropic", "claude-of-tomorrow");
    ASSERT_TRUE(offer) << offer.error().message();
    EXPECT_EQ(offer->dialect, chat::Dialect::kAnthropic);
    EXPECT_EQ(offer->base_url, "https://api.anthropic.com");
    EXPECT_EQ(offer->context_window, Tokens{128'000});
    EXPECT_EQ(offer->most_answer, Tokens{16'384});
    EXPECT_THAT(offer->key_variables, ElementsAre("ANTHROPIC_API_KEY"));
    EXPECT_TRUE(offer->thinking.reasoning) << "a level that is asked for is sent";
    EXPECT_EQ(offer->usual_thinking, chat::ThinkingLevel::kOff);
    EXPECT_THAT(book.listed(), IsEmpty()) << "hearth has no list of models of its own";
    EXPECT_TRUE(book.has("openrouter"));
    EXPECT_FALSE(book.has("hearth"));
}

TEST(ProviderBook, WhoTakesImagesIsSaidByModelsJsonElseByTheProvider) {
    const auto book = book_of(R"({"providers":{"anthropic":{
        "modelOverrides":{"blind":{"input":["text"]}}, "models":[{"id":"listed"}]},
        "groq":{"models":[{"id":"seeing","input":["text","image"]}]}}})");
    EXPECT_TRUE(book.find("anthropic", "any")->sees);
    EXPECT_FALSE(book.find("anthropic", "blind")->sees);
    EXPECT_FALSE(book.find("anthropic", "listed")->sees) << "a listed model is what the list says";
    EXPECT_FALSE(book.find("groq", "any")->sees);
    EXPECT_TRUE(book.find("groq", "seeing")->sees);
}

TEST(ProviderBook, FamiliesOfModelsHaveTheirWords) {
    const auto book = book_of("{}");
    EXPECT_EQ(
        chat::thinking_word(chat::ThinkingLevel::kHigh, book.find("google", "gemini-2.5-flash")->thinking),
        "24576");
    EXPECT_EQ(chat::thinking_word(chat::ThinkingLevel::kHigh, book.find("google", "gemini-3-pro")->thinking),
              std::nullopt);
}

TEST(ProviderBook, ModelsJsonComesAboveWhatIsKnown) {
    const auto book = book_of(R"({"providers":{"anthropic":{
        "baseUrl":"https://proxy.example/v1","apiKey":"PROXY_KEY","headers":{"X-A":"1","X-B":"1"},
        "modelOverrides":{"claude-x":{"contextWindow":1000000,"cost":{"input":3},"headers":{"X-B":"2"}}},
        "models":[{"id":"mine","reasoning":true,"maxTokens":900000,"contextWindow":50000,
                   "thinkingLevelMap":{"off":null}}, {"id":"plain"}]}}})");
    const auto changed = book.find("anthropic", "claude-x");
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->base_url, "https://proxy.example/v1");
    EXPECT_EQ(changed->key, "PROXY_KEY");
    EXPECT_EQ(changed->context_window, Tokens{1'000'000});
    EXPECT_EQ(changed->prices.input, 3);
    EXPECT_THAT(changed->headers, ElementsAre(Pair("X-A", "1"), Pair("X-B", "2")));
    const auto mine = book.find("anthropic", "mine");
    ASSERT_TRUE(mine);
    EXPECT_EQ(mine->most_answer, Tokens{50'000}) << "no longer than the window";
    EXPECT_EQ(mine->usual_thinking, chat::ThinkingLevel::kMedium);
    EXPECT_EQ(book.find("anthropic", "plain")->thinking.reasoning, false)
        << "a listed model is what the list says";
    EXPECT_TRUE(book.find("anthropic", "another")) << "and any other can still be named";
    EXPECT_THAT(book.listed(), SizeIs(2));
}

TEST(ProviderBook, SaysWhatAProviderLacks) {
    const auto book = book_of(R"({"providers":{
        "bare":{"models":[{"id":"a"}]}, "mute":{"baseUrl":"http://desk/v1","models":[{"id":"a"}]},
        "desk":{"baseUrl":"http://desk/v1","api":"openai-completions","models":[{"id":"a"},{"id":"b"}]},
        "open":{"baseUrl":"http://desk/v1","api":"openai-completions"}}})");
    EXPECT_THAT(why_not(book, "bare", "a"), HasSubstr("providers.bare has no \"baseUrl\""));
    EXPECT_THAT(why_not(book, "mute", "a"), HasSubstr("providers.mute has no \"api\": openai-completions"));
    EXPECT_EQ(why_not(book, "desk", "c"), "desk has no model 'c': models.json names a, b");
    EXPECT_EQ(why_not(book, "open", "anything"), "found");
    EXPECT_THAT(why_not(book, "open", ""), HasSubstr("name a model: open/MODEL"));
    EXPECT_THAT(
        why_not(book, "nowhere", "a"),
        HasSubstr("there is no provider 'nowhere': there are bare, mute, desk, open, amazon-bedrock, "));
    EXPECT_THAT(book.listed(), SizeIs(2)) << "what cannot be asked is not listed";
}

TEST(ProviderBook, AzureIsWhereTheEnvironmentSays) {
    EXPECT_THAT(why_not(book_of("{}"), "azure", "gpt"),
                HasSubstr("set AZURE_OPENAI_BASE_URL or AZURE_OPENAI_RESOURCE_NAME"));
    const auto by_name =
        book_of("{}", {{"AZURE_OPENAI_RESOURCE_NAME", "mine"}, {"AZURE_OPENAI_API_VERSION", "v9"}});
    EXPECT_EQ(by_name.find("azure", "gpt")->base_url, "https://mine.openai.azure.com/openai/v1");
    EXPECT_EQ(by_name.find("azure", "gpt")->api_version, "v9");
    const auto by_url = book_of("{}", {{"AZURE_OPENAI_BASE_URL", "https://x.example/openai/v1/"}});
    EXPECT_EQ(by_url.find("azure", "gpt")->base_url, "https://x.example/openai/v1");
}

TEST(ProviderBook, AzureIsListedWithTheAddressOfTheEnvironment) {
    const std::map<std::string, std::string> variables = {{"AZURE_OPENAI_RESOURCE_NAME", "mine"}};
    const auto in_file = book_of(R"({"providers":{"azure":{"apiKey":"k"}}})", variables).providers();
    ASSERT_EQ(in_file.front().id, "azure");
    EXPECT_EQ(in_file.front().base_url, "https://mine.openai.azure.com/openai/v1");
    const auto own = book_of("{}", variables).providers();
    const auto azure = std::ranges::find(own, "azure", &ProviderSummary::id);
    ASSERT_NE(azure, own.end());
    EXPECT_EQ(azure->base_url, "https://mine.openai.azure.com/openai/v1");
}

TEST(ProviderBook, ListsProvidersWithWhereTheirKeysAre) {
    const auto book = book_of(R"({"providers":{"desk":{"name":"Desk","baseUrl":"http://desk/v1","apiKey":"k",
        "headers":{"A":"1"},"models":[{"id":"m","headers":{"B":"2"}}]},"openai":{"name":"Ours"}}})");
    const auto all = book.providers();
    ASSERT_THAT(all, SizeIs(1 + built_in_providers().size()));
    EXPECT_EQ(all[0].name, "Desk");
    EXPECT_EQ(all[0].key, "k");
    EXPECT_THAT(all[0].headers, SizeIs(2));
    EXPECT_FALSE(all[0].built_in);
    EXPECT_EQ(all[1].id, "openai");
    EXPECT_EQ(all[1].name, "Ours");
    EXPECT_TRUE(all[1].built_in);
    EXPECT_EQ(all[1].base_url, "https://api.openai.com/v1");
    EXPECT_THAT(all[1].key_variables, ElementsAre("OPENAI_API_KEY"));
}

}  // namespace
}  // namespace hearth::remote
