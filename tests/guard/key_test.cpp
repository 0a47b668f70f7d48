#include "guard/key.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::guard {
namespace {

TEST(FitsPattern, AStarIsAnyNumberOfCharacters) {
    EXPECT_TRUE(fits_pattern("*", ""));
    EXPECT_TRUE(fits_pattern("*", "qwen2.5-coder:1.5b"));
    EXPECT_TRUE(fits_pattern("qwen*", "qwen2.5-coder:1.5b"));
    EXPECT_TRUE(fits_pattern("*:1.5b", "qwen2.5-coder:1.5b"));
    EXPECT_TRUE(fits_pattern("q*coder*b", "qwen2.5-coder:1.5b"));
    EXPECT_TRUE(fits_pattern("a*ab", "aaab"));
    EXPECT_TRUE(fits_pattern("**", "x"));
    EXPECT_TRUE(fits_pattern("a*", "a"));
}

TEST(FitsPattern, EverythingElseIsItself) {
    EXPECT_TRUE(fits_pattern("smollm2:135m", "smollm2:135m"));
    EXPECT_FALSE(fits_pattern("smollm2", "smollm2:135m"));
    EXPECT_FALSE(fits_pattern("smollm2:135m", "smollm2"));
    EXPECT_FALSE(fits_pattern("qwen2.5*", "qwen2x5"));
    EXPECT_FALSE(fits_pattern("a*b", "abc"));
    EXPECT_FALSE(fits_pattern("", "a"));
    EXPECT_FALSE(fits_pattern("a", ""));
}

TEST(FitsPattern, ManyStarsTakeNoLongTime) {
    std::string pattern;
    for (int i = 0; i < 60; ++i)
        pattern += "*a";
    EXPECT_FALSE(fits_pattern(pattern + "b", std::string(5000, 'a')));
}

TEST(KeyTerms, NewOnesLetLookAndUseEveryModelButChangeNone) {
    const KeyTerms terms{.name = "laptop"};
    EXPECT_TRUE(check_terms(terms));
    EXPECT_TRUE(allows_model(terms, "anything:1b"));
    EXPECT_TRUE(allows_route(terms, Route::kChat));
    EXPECT_TRUE(allows_route(terms, Route::kEmbeddings));
    EXPECT_TRUE(allows_route(terms, Route::kModels));
    EXPECT_FALSE(allows_route(terms, Route::kPull));
    EXPECT_FALSE(allows_route(terms, Route::kManage));
}

TEST(KeyTerms, WhatCannotBeIsRefusedByName) {
    const auto refusal = [](KeyTerms terms) {
        const auto status = check_terms(terms);
        return status ? std::string("accepted") : status.error().message();
    };
    for (const std::string name : {"", " a", "a\nb", "a\x1b[1m", "key_1", "\xff"})
        EXPECT_NE(refusal({.name = name}).find("name"), std::string::npos) << name;
    EXPECT_NE(refusal({.name = std::string(65, 'a')}).find("1 to 64"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .models = {}}).find("models"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .models = {"a b"}}).find("'a b'"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .models = {""}}).find("pattern"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .routes = {}}).find("routes"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .tokens_per_day = Tokens{0}}).find("tokens"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .compute_seconds_per_day = -1}).find("compute"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .parallel = 1025}).find("1024, not 1025"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .weight = 1001}).find("weight"), std::string::npos);
    EXPECT_NE(refusal({.name = "a", .weight = 0}).find("weight"), std::string::npos);
}

TEST(Key, ExpiresAtItsTimeAndStaysRevoked) {
    Key key{.terms = {.name = "a", .expires_ms = 1000}};
    EXPECT_EQ(state_of(key, 999), KeyState::kActive);
    EXPECT_EQ(state_of(key, 1000), KeyState::kExpired);
    key.revoked_ms = 500;
    EXPECT_EQ(state_of(key, 999), KeyState::kRevoked);
}

TEST(Route, EveryOneHasANameThatLeadsBack) {
    for (const Route route : kRoutes)
        EXPECT_EQ(route_from_name(route_name(route)), route);
    EXPECT_FALSE(route_from_name("Chat"));
}

}  // namespace
}  // namespace hearth::guard
