#include "egress/secret_use.h"

#include <gmock/gmock.h>

#include "core/base64.h"
#include "egress/rule.h"

namespace hearth::egress {
namespace {

using ::testing::HasSubstr;

TEST(SecretUse, AHeaderAloneHasItsUsualForm) {
    EXPECT_EQ(parse_secret_use("github in Authorization")->value_with("x"), "Bearer x");
    EXPECT_EQ(parse_secret_use("desk in X-Api-Key")->value_with("x"), "x");
    EXPECT_EQ(parse_secret_use("desk in X-Api-Key")->header, "x-api-key");
    EXPECT_EQ(parse_secret_use("desk in X-Key: a={};b")->value_with("x"), "a=x;b");
}

TEST(SecretUse, WhatStandsInItsPlaceIsRead) {
    const SecretUse use = parse_secret_use("github in Authorization: token {}").value();
    EXPECT_EQ(use.secret_of("token abc"), "abc");
    EXPECT_EQ(use.secret_of("TOKEN abc"), "abc");
    EXPECT_EQ(use.secret_of("Bearer abc"), std::nullopt);
    EXPECT_EQ(use.secret_of("tok"), std::nullopt);
    EXPECT_EQ(parse_secret_use("a in x: ab{}ba")->secret_of("aba"), std::nullopt);
}

TEST(SecretUse, BasicIsEncoded) {
    const SecretUse use = parse_secret_use("github in Authorization: Basic me:{}").value();
    EXPECT_EQ(use.value_with("pass"), "Basic " + encode_base64("me:pass"));
    EXPECT_EQ(use.secret_of("basic " + encode_base64("me:abc")), "abc");
    EXPECT_EQ(use.secret_of("Basic " + encode_base64("you:abc")), std::nullopt);
    EXPECT_EQ(use.secret_of("Basic ???"), std::nullopt);
    EXPECT_EQ(use.secret_of("me:abc"), std::nullopt);
}

TEST(SecretUse, WhatIsNoneIsSaid) {
    for (const char* text : {"", "github", " in Authorization", "a b in x", "github in ", "github in Host",
                             "github in Range", "github in x y", "github in x: nothing", "github in x: {}{}",
                             "github in x: {}\nb", "github in a\r\nb: {}", "github in Authorization: Basic"})
        EXPECT_FALSE(parse_secret_use(text)) << text;
}

TEST(SecretUse, ARuleNamesItBehindItsHost) {
    const Rule rule =
        parse_rule("GET,POST https://api.example/v1 with key in Authorization: Bearer {}").value();
    EXPECT_EQ(rule.path, "/v1");
    EXPECT_EQ(rule.methods.size(), 2U);
    EXPECT_EQ(rule.secret->name, "key");
    EXPECT_TRUE(parse_rule("http://127.0.0.1:8080 with key in x-key"));
    EXPECT_FALSE(parse_rule("api.example")->secret);
}

TEST(SecretUse, ASecretGoesToOneHostAndNotInClear) {
    EXPECT_THAT(parse_rule("*.example.org with key in x-key").error().message(), HasSubstr("one host"));
    EXPECT_THAT(parse_rule("http://example.org with key in x-key").error().message(), HasSubstr("in clear"));
    EXPECT_FALSE(parse_rule("http://1.1.1.1 with key in x-key"));
    EXPECT_FALSE(parse_rule("example.org with key"));
}

}  // namespace
}  // namespace hearth::egress
