#include "remote/failure.h"

#include <gmock/gmock.h>

namespace hearth::remote {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Access cloud() {
    return {.name = "cloud",
            .url = *parse_base_url("https://api.example/v1"),
            .endpoint = {},
            .secret_name = "openai",
            .secret = std::make_shared<const guard::Secret>(*guard::Secret::from_text("sk-very-secret"))};
}

Failure of(int status, std::string body, net::Headers headers = {}) {
    return failure_of(cloud(), "/v1/completions",
                      {.status = status, .headers = std::move(headers), .body = std::move(body)});
}

TEST(RemoteFailure, AWrongSecretIsNotTheClientsFault) {
    const Failure failure = of(401, R"({"error":{"message":"Incorrect API key provided: sk-very-secret"}})");
    EXPECT_EQ(failure.error.code(), Code::kUnavailable);
    EXPECT_FALSE(failure.of_request);
    EXPECT_THAT(failure.error.message(), StartsWith("remote 'cloud'"));
    EXPECT_THAT(failure.error.message(), HasSubstr("hearth secret set openai"));
    EXPECT_THAT(failure.error.message(), HasSubstr("Incorrect API key provided"));
    EXPECT_THAT(failure.error.message(), Not(HasSubstr("very-secret"))) << "also when the server repeats it";
    const std::string cut = R"({"error":{"message":")" + std::string(990, 'x') + R"(sk-very-secret"}})";
    EXPECT_THAT(of(401, cut).error.message(), Not(HasSubstr("sk-very"))) << "also where the words are cut";
    const std::string encoded = R"({"error":{"message":"c2stdmVyeS1zZWNyZXQ= is wrong"}})";
    EXPECT_THAT(of(401, encoded).error.message(), HasSubstr("[secret openai] is wrong"));
}

TEST(RemoteFailure, SaysWhenToComeBack) {
    const Failure failure = of(429, R"({"error":{"message":"slow down"}})", {{"retry-after", "7"}});
    EXPECT_EQ(failure.error.code(), Code::kExhausted);
    EXPECT_EQ(failure.retry_after, std::chrono::seconds(7));
    EXPECT_THAT(failure.error.message(), HasSubstr("slow down"));
}

TEST(RemoteFailure, ARouteThatIsNotThereIsSaidSo) {
    const Failure failure = of(404, "<html>Not Found</html>");
    EXPECT_EQ(failure.error.code(), Code::kUnsupported);
    EXPECT_EQ(failure.error.message(), "remote 'cloud' cannot do this: it has no /v1/completions");
    EXPECT_EQ(of(404, R"({"error":{"message":"no model x"}})").error.code(), Code::kNotFound);
    EXPECT_EQ(of(404, R"({"detail":"Not Found"})").error.code(), Code::kNotFound);
}

TEST(RemoteFailure, WhatIsWrongWithTheRequestIsPassedOn) {
    const Failure failure =
        of(400, R"({"error":{"message":"too long","type":"x","code":"context_length_exceeded"}})");
    EXPECT_TRUE(failure.of_request);
    EXPECT_EQ(failure.error.code(), Code::kInvalidInput);
    EXPECT_THAT(failure.error.message(), HasSubstr("context window"));
    EXPECT_TRUE(of(422, "{}").of_request);
}

TEST(RemoteFailure, OthersAreTheServers) {
    for (const int status : {500, 502, 503, 504, 408, 302}) {
        const Failure failure = of(status, "garbage");
        EXPECT_EQ(failure.error.code(), Code::kUnavailable) << status;
        EXPECT_FALSE(failure.of_request) << status;
    }
    EXPECT_FALSE(of(409, R"({"error":{"message":"remotes point at each other"}})").of_request);
    const Failure broken = failure_of(cloud(), Error(Code::kCorrupt, "no HTTP"));
    EXPECT_EQ(broken.error.message(), "remote 'cloud': no HTTP");
    EXPECT_EQ(failure_of(cloud(), broken.error).error.message(), "remote 'cloud': no HTTP");
}

}  // namespace
}  // namespace hearth::remote
