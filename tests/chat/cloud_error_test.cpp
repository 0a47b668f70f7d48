#include "chat/cloud_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::chat {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

struct Row {
    int status;
    std::string body;
    Code code;
    std::string words;
};

TEST(CloudError, EachProvidersWordsHaveTheirCode) {
    const Row rows[] = {
        {401, R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}})",
         Code::kPermission, "it does not accept the key (authentication_error): invalid x-api-key"},
        {400,
         R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213000 tokens > 200000 maximum"}})",
         Code::kInvalidInput, "the prompt is longer than the context window: prompt is too long"},
        {413, R"({"error":{"type":"request_too_large","message":"Request exceeds the maximum size"}})",
         Code::kInvalidInput, "the prompt is longer than the context window"},
        {429,
         R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}})",
         Code::kUnavailable, "insufficient_quota"},
        {404,
         R"({"error":{"message":"The model `x` does not exist","type":"invalid_request_error","code":"model_not_found"}})",
         Code::kNotFound, "it has no such model or route (model_not_found)"},
        {400, R"([{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}])",
         Code::kInvalidInput, "it refused the request (INVALID_ARGUMENT): API key not valid."},
        {422,
         R"({"object":"error","message":{"detail":[{"msg":"field required"}]},"type":"invalid_request_error"})",
         Code::kInvalidInput, "field required"},
        {401, R"({"detail":"Unauthorized"})", Code::kPermission, "Unauthorized"},
        {503, "upstream connect error", Code::kUnavailable,
         "it failed: HTTP status 503: upstream connect error"},
        {504, "", Code::kTimeout, "it took too long: HTTP status 504"},
        {302, "<html>", Code::kUnavailable, "HTTP status 302"},
    };
    for (const auto& row : rows) {
        const auto error = cloud_error_body(row.body, row.status, seconds(0));
        EXPECT_EQ(error.code(), row.code) << row.body;
        EXPECT_THAT(error.message(), HasSubstr(row.words)) << row.body;
    }
}

TEST(CloudError, TheWaitIsThatOfTheHeaderOrOfTheDetails) {
    const auto* const detailed =
        R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"13.2s"}]}})";
    EXPECT_EQ(cloud_error_body(detailed, 429, seconds(0)).retry_after(), seconds(14));
    EXPECT_EQ(cloud_error_body(detailed, 429, seconds(3)).retry_after(), seconds(3));
    EXPECT_EQ(cloud_error_body("{}", 529, seconds(9)).retry_after(), seconds(9));
}

TEST(RetryAfter, IsANumberOfSeconds) {
    EXPECT_EQ(parse_retry_after("12"), seconds(12));
    EXPECT_EQ(parse_retry_after(" 5 "), seconds(5));
    EXPECT_EQ(parse_retry_after(" 99999 "), seconds(3600));
    EXPECT_EQ(parse_retry_after("99999999"), seconds(3600));
    EXPECT_FALSE(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT"));
    EXPECT_FALSE(parse_retry_after("Wed, 21 Oct 2026 07:28:00 GMT"));
    EXPECT_FALSE(parse_retry_after("-1"));
}

}  // namespace
}  // namespace hearth::chat
