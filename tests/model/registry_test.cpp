#include "model/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "model/fake_registry.h"
#include "model/pull_choice.h"
#include "model/support.h"

namespace hearth::model {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

class Registry : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("registry");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        store_.emplace(folder_->path());
        registry_.add("model", content_);
    }

    [[nodiscard]] Result<PullRequest> ask(std::stop_token stop = {}) const {
        return request_for_registry(TRY(parse_registry_name(registry_.name())), false, stop);
    }

    [[nodiscard]] Result<Pulled> get() const {
        const auto request = TRY(ask());
        return pull(request, *store_, {}, {});
    }

    std::optional<os::TempDir> folder_;
    std::optional<ModelStore> store_;
    std::string content_ = test::small_model();
    test::FakeRegistry registry_;
};

TEST_F(Registry, GivesAModelWithWhatGoesWithIt) {
    registry_.add("system", "Be terse.");
    registry_.add("template", "{{ .Prompt }}");
    registry_.add("params", R"({"temperature":1})");
    registry_.add("license", "\nThe Licence\nand its text\n");
    const auto pulled = get();
    ASSERT_TRUE(pulled) << pulled.error().message();
    const auto model = store_->find(registry_.name());
    ASSERT_TRUE(model) << model.error().message();
    EXPECT_EQ(test::read_all(model->file), content_);
    EXPECT_EQ(model->manifest.defaults.system, "Be terse.");
    EXPECT_EQ(model->manifest.defaults.chat_template, "{{ .Prompt }}");
    EXPECT_EQ(model->manifest.defaults.parameters, R"({"temperature":1})");
    EXPECT_EQ(model->manifest.licence, "The Licence");
    EXPECT_THAT(model->manifest.source, StartsWith("http://127.0.0.1"));
    EXPECT_TRUE(get()->was_here);
}

TEST_F(Registry, ATokenForAnybodyIsAskedForAtTheRegistryItself) {
    registry_.token_ = "good";
    const auto pulled = get();
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_THAT(registry_.asked(),
                Contains("/token?service=a%20registry&scope=repository%3Asomeone%2Ftiny%3Apull"));
}

TEST_F(Registry, ATokenThatEndedIsAskedForAnew) {
    registry_.token_ = "good";
    const auto request = ask();
    ASSERT_TRUE(request);
    registry_.end_tokens();
    EXPECT_TRUE(pull(*request, *store_, {}, {}));
}

TEST_F(Registry, NobodyElseIsAskedForAToken) {
    registry_.token_ = "good";
    registry_.realm_ = "http://elsewhere.example/token";
    const auto refused = ask();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kPermission);
    EXPECT_THAT(refused.error().message(), HasSubstr("elsewhere.example"));
}

TEST_F(Registry, WhatIsNotThereIsNotFound) {
    auto name = parse_registry_name(registry_.name());
    ASSERT_TRUE(name);
    name->tag = "absent";
    EXPECT_EQ(request_for_registry(*name, false, {}).error().code(), Code::kNotFound);
}

TEST_F(Registry, OtherBytesThanTheHashSaysAreNoModel) {
    registry_.falsify(content_, test::small_model('b'));
    const auto pulled = get();
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kCorrupt);
    EXPECT_TRUE(store_->list()->empty());
}

TEST_F(Registry, OtherWordsThanTheHashSaysAreRefused) {
    registry_.add("system", "Be terse.");
    registry_.falsify("Be terse.", "Be evil.");
    EXPECT_EQ(ask().error().code(), Code::kCorrupt);
}

TEST_F(Registry, APullThatBrokeGoesOn) {
    registry_.cut_after = 1000;
    const auto pulled = get();  // the download itself tries again where it was cut
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_EQ(test::read_all(pulled->model.file), content_);
}

TEST_F(Registry, ATagThatMovedOnReplacesTheModel) {
    ASSERT_TRUE(get());
    registry_.clear_layers();
    const auto newer = test::small_model('n');
    registry_.add("model", newer);
    const auto pulled = get();
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_FALSE(pulled->was_here);
    EXPECT_EQ(test::read_all(store_->find(registry_.name())->file), newer);
}

TEST_F(Registry, NewWordsForTheSameWeightsNeedNoDownload) {
    ASSERT_TRUE(get());
    registry_.add("system", "Be kind.");
    const auto pulled = get();
    ASSERT_TRUE(pulled);
    EXPECT_TRUE(pulled->was_here);
    EXPECT_EQ(store_->find(registry_.name())->manifest.defaults.system, "Be kind.");
}

TEST_F(Registry, IsAskedWhenTheCatalogueHasNoSuchModel) {
    const auto choice = choose_pull(registry_.name(), {});
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->name, registry_.name());
    const auto request = resolve_pull(*choice, *store_, {});
    ASSERT_TRUE(request) << request.error().message();
    EXPECT_EQ(request->sha256, os::sha256(content_));
}

TEST(Challenge, NamesItsRealm) {
    const auto challenge = parse_challenge(
        R"(Bearer realm="https://r.example/token",service="r.example", scope="repository:a/b:pull")");
    ASSERT_TRUE(challenge);
    EXPECT_EQ(challenge->realm, "https://r.example/token");
    EXPECT_EQ(challenge->service, "r.example");
    EXPECT_EQ(challenge->scope, "repository:a/b:pull");
    EXPECT_EQ(token_url(*challenge, "https://r.example/v2/a/b/manifests/c").value(),
              "https://r.example/token?service=r.example&scope=repository%3Aa%2Fb%3Apull");
    for (const char* text : {"", "Bearer", "Basic realm=\"x\"", "Bearer service=\"x\"", "Bearer realm=\"x"})
        EXPECT_EQ(parse_challenge(text).error().code(), Code::kPermission) << text;
}

TEST(Challenge, ARealmElsewhereIsNotFollowed) {
    const std::string url = "https://r.example/v2/a/b/manifests/c";
    for (const char* realm :
         {"https://other.example/token", "http://r.example/token", "https://r.example:444/token",
          "https://r.example@other.example/token", "https://r.example.evil/token", "/token", ""})
        EXPECT_FALSE(token_url({.realm = realm, .service = {}, .scope = {}}, url)) << realm;
    EXPECT_EQ(token_url({.realm = "https://R.example/token?a=b", .service = "s", .scope = {}}, url).value(),
              "https://R.example/token?a=b&service=s");
}

}  // namespace
}  // namespace hearth::model
