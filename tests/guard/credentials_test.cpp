#include "guard/credentials.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace hearth::guard {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

// "secret|path", "-|path" without a secret, or the name of the error.
std::string found(const Headers& headers, std::string_view path = "/v1/models") {
    const auto credentials = find_credentials(headers, path);
    if (!credentials) return std::string(code_name(credentials.error().code()));
    return credentials->secret.value_or("-") + "|" + credentials->path;
}

TEST(Credentials, AreFoundInEveryForm) {
    EXPECT_EQ(found({{"authorization", "Bearer hearth_ab"}}), "hearth_ab|/v1/models");
    EXPECT_EQ(found({{"authorization", "bearer   hearth_ab "}}), "hearth_ab|/v1/models");
    EXPECT_EQ(found({{"x-api-key", "hearth_ab"}}), "hearth_ab|/v1/models");
    EXPECT_EQ(found({{"accept", "*/*"}, {"x-api-key", "sk-other"}}), "sk-other|/v1/models");
    EXPECT_EQ(found({}, "/k/hearth_ab/v1/models"), "hearth_ab|/v1/models");
}

TEST(Credentials, OfBasicAreThePasswordElseTheUserName) {
    EXPECT_EQ(found({{"authorization", "Basic YW5hOmhlYXJ0aF9hYg=="}}),
              "hearth_ab|/v1/models");  // ana:hearth_ab
    EXPECT_EQ(found({{"authorization", "Basic YW5hOmhlYXJ0aF9hYg"}}), "hearth_ab|/v1/models");  // no padding
    EXPECT_EQ(found({{"authorization", "Basic aGVhcnRoX2FiOg=="}}), "hearth_ab|/v1/models");    // hearth_ab:
    EXPECT_EQ(found({{"authorization", "Basic YTpiOmM="}}), "b:c|/v1/models");                  // a:b:c
    EXPECT_EQ(found({{"authorization", "Basic Og=="}}), "-|/v1/models");                        // :
}

TEST(Credentials, MayBeAbsent) {
    EXPECT_EQ(found({}), "-|/v1/models");
    EXPECT_EQ(found({{"authorization", ""}, {"x-api-key", " "}}), "-|/v1/models");
    EXPECT_EQ(found({{"authorization", "Bearer"}}), "-|/v1/models");
    EXPECT_EQ(found({{"authorization", "Bearer "}}), "-|/v1/models");
}

TEST(Credentials, OfThePathAreTakenOutOfIt) {
    EXPECT_EQ(found({}, "/k/ab"), "ab|/");
    EXPECT_EQ(found({}, "/k/ab/"), "ab|/");
    EXPECT_EQ(found({}, "/k/ab?x=/y"), "ab|/?x=/y");
    EXPECT_EQ(found({}, "/k/ab/api/chat?x=1"), "ab|/api/chat?x=1");
    EXPECT_EQ(found({}, "/k/ab/k/cd"), "ab|/k/cd");
    EXPECT_EQ(found({}, "/keys"), "-|/keys");
    EXPECT_EQ(found({}, "/v1?to=/k/ab/"), "-|/v1?to=/k/ab/");
    EXPECT_EQ(found({}, ""), "-|");
}

TEST(Credentials, OfThePathGoBeforeWhatStandsInHeaders) {
    EXPECT_EQ(found({{"authorization", "Bearer dummy"}}, "/k/hearth_ab/v1"), "hearth_ab|/v1");
    EXPECT_EQ(found({{"authorization", "nonsense"}}, "/k/hearth_ab/v1"), "hearth_ab|/v1");
}

TEST(Credentials, OfTwoHeadersTheOneThatLooksLikeOursIsTaken) {
    EXPECT_EQ(found({{"authorization", "Bearer hearth_a"}, {"x-api-key", "sk-ant"}}), "hearth_a|/v1/models");
    EXPECT_EQ(found({{"authorization", "Bearer ollama"}, {"x-api-key", "hearth_b"}}), "hearth_b|/v1/models");
    EXPECT_EQ(found({{"x-api-key", "one"}, {"authorization", "Bearer two"}}), "two|/v1/models");
    EXPECT_EQ(found({{"x-api-key", "hearth_x"}, {"authorization", "Bearer hearth_y"}}),
              "hearth_y|/v1/models");
}

TEST(Credentials, ThatCannotBeReadAreAnError) {
    for (const std::string value :
         {"hearth_secret", "Digest a=b", "Bearer a b", "Bearer a\tb", "Bearer \xc3\xa4", "Basic",
          "Basic !!!!", "Basic YQ", "Basic YTphCg==x", "Basic YTo=YTo=", "Basic YTphIGI="})
        EXPECT_EQ(found({{"authorization", value}}), "invalid_input") << value;
    EXPECT_EQ(found({{"authorization", "Bearer " + std::string(513, 'a')}}), "invalid_input");
    EXPECT_EQ(found({{"authorization", "Basic " + std::string(100'000, 'Y')}}), "invalid_input");
    EXPECT_EQ(found({{"authorization", "Bearer a"}, {"authorization", "Bearer a"}}), "invalid_input");
    EXPECT_EQ(found({{"x-api-key", "a"}, {"x-api-key", "b"}}), "invalid_input");
    EXPECT_EQ(found({{"x-api-key", "a b"}}), "invalid_input");
    for (const std::string path : {"/k", "/k/", "/k?a", "/k//v1", "/k/a%20b/v1", "/k/a b/v1"})
        EXPECT_EQ(found({}, path), "invalid_input") << path;
    EXPECT_EQ(found({}, "/k/" + std::string(513, 'a') + "/v1"), "invalid_input");
}

TEST(Credentials, AnErrorNeverRepeatsTheSecret) {
    const Headers bare = {{"authorization", "hearth_secret"}};
    EXPECT_EQ(find_credentials(bare, "/").error().message().find("hearth_secret"), std::string::npos);
    const Headers broken = {{"x-api-key", "hearth_secret and more"}};
    EXPECT_EQ(find_credentials(broken, "/").error().message().find("hearth_secret"), std::string::npos);
    EXPECT_EQ(find_credentials({}, "/k/hearth_secret%/").error().message().find("hearth_secret"),
              std::string::npos);
}

}  // namespace
}  // namespace hearth::guard
