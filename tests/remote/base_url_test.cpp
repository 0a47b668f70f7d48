#include "remote/base_url.h"

#include <gtest/gtest.h>

namespace hearth::remote {
namespace {

BaseUrl url(std::string_view text) {
    const auto parsed = parse_base_url(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *parsed : BaseUrl();
}

TEST(BaseUrl, IsReadAndWrittenAgain) {
    for (const char* text : {"http://desk:8000/v1", "https://api.example/v1", "http://[fd00::2]:11434/v1",
                             "https://api.example:8443/a/b", "http://127.0.0.1"})
        EXPECT_EQ(url_words(url(text)), text);
    EXPECT_EQ(url_words(url("HTTPS://API.Example:443/v1/")), "https://api.example/v1");
    EXPECT_EQ(url("http://desk").port, "80");
    EXPECT_EQ(url("https://desk").port, "443");
    EXPECT_EQ(url("http://[fd00::2]/v1").host, "fd00::2");
}

TEST(BaseUrl, WhatIsNoPlainUrlIsRefused) {
    for (const char* text :
         {"", "desk:8000", "ftp://desk", "http://", "http:///v1", "http://a b/", "http://desk:0",
          "http://desk:99999", "http://desk:x", "http://desk:/v1", "http://desk/v1?key=1", "http://desk/#a",
          "http://[fd00::2", "http://[nonsense]/", "http://[fd00::2]x/", "http://d\xc3\xa9sk/"})
        EXPECT_FALSE(parse_base_url(text)) << text;
}

TEST(BaseUrl, AUserAndPasswordInItAreNotRepeated) {
    const auto parsed = parse_base_url("https://me:secret@api.example/v1");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message().find("secret@"), std::string::npos);
}

TEST(BaseUrl, RoutesOfTheApiAreBelowItAndOthersBesideIt) {
    const BaseUrl usual = url("http://desk:8000/v1");
    EXPECT_EQ(target_of(usual, "/v1/chat/completions"), "/v1/chat/completions");
    EXPECT_EQ(target_of(usual, "/tokenize"), "/tokenize");
    const BaseUrl prefixed = url("http://desk:8000/models/a/v1");
    EXPECT_EQ(target_of(prefixed, "/v1/models"), "/models/a/v1/models");
    EXPECT_EQ(target_of(prefixed, "/tokenize"), "/models/a/tokenize");
    const BaseUrl other = url("https://api.example/openai");
    EXPECT_EQ(target_of(other, "/v1/chat/completions"), "/openai/chat/completions");
    EXPECT_EQ(target_of(other, "/tokenize"), "/openai/tokenize");
}

TEST(BaseUrl, KnowsWhatStaysInAPrivateNetwork) {
    for (const char* text :
         {"http://127.0.0.1", "http://10.1.2.3", "http://172.16.0.1", "http://172.31.255.1",
          "http://192.168.1.7", "http://169.254.1.1", "http://[::1]", "http://[fd00::2]", "http://[fe80::1]",
          "http://localhost", "http://desk2", "http://desk2.local"})
        EXPECT_TRUE(is_private(url(text))) << text;
    for (const char* text :
         {"http://8.8.8.8", "http://172.32.0.1", "http://192.169.0.1", "http://api.example",
          "http://[2001:db8::1]", "http://127.0.0.1.example", "http://local.example"})
        EXPECT_FALSE(is_private(url(text))) << text;
}

}  // namespace
}  // namespace hearth::remote
