#include "net/aws_signature.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

// What is expected was made by botocore 1.44.8 (botocore.auth.SigV4Auth, service "bedrock"), with these requests and keys and its clock set to
// 2026-03-14 15:09:26 UTC.

namespace hearth::net {
namespace {

using testing::Not;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'773'500'966)};
const AwsKeys kKeys{.id = "AKIAHEARTHEXAMPLE000", .secret = "hearth/example+secret/of/forty/characters"};

std::string header(const HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return {};
}

TEST(AwsSignature, OfKeysThatStay) {
    HttpRequest request{.method = "POST",
                        .target = "/model/anthropic.claude-sonnet-4-20250514-v1%3A0/converse-stream",
                        .headers = {{"Content-Type", "application/json"}, {"User-Agent", "not signed"}},
                        .body = R"({"messages":[]})"};
    sign_for_aws(request, kKeys,
                 {.host = "bedrock-runtime.us-east-1.amazonaws.com",
                  .region = "us-east-1",
                  .service = "bedrock",
                  .now = kNow});
    EXPECT_EQ(header(request, "X-Amz-Date"), "20260314T150926Z");
    EXPECT_EQ(header(request, "X-Amz-Security-Token"), "");
    EXPECT_EQ(header(request, "Authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIAHEARTHEXAMPLE000/20260314/us-east-1/bedrock/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date, "
              "Signature=881eca29d30e6703583f57aebf30191179417354b5fae5c521c9eac34b278565");
}

TEST(AwsSignature, OfASession) {
    auto keys = kKeys;
    keys.session = "session/token+of==hearth";
    HttpRequest request{.method = "POST",
                        .target =
                            "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Aapplication-"
                            "inference-profile%2Fabc/converse-stream",
                        .headers = {{"Content-Type", "application/json"}},
                        .body = "{\"messages\":[\"\xc3\xa9\"]}"};
    sign_for_aws(request, keys,
                 {.host = "bedrock-runtime.eu-central-1.amazonaws.com",
                  .region = "eu-central-1",
                  .service = "bedrock",
                  .now = kNow});
    EXPECT_EQ(header(request, "X-Amz-Security-Token"), keys.session);
    EXPECT_EQ(header(request, "Authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIAHEARTHEXAMPLE000/20260314/eu-central-1/bedrock/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
              "Signature=b79a89a1f369527883055a0f3a51cc2fb64f5e7cb05a1bf778cf487bdaa81d65");
    for (const auto& [name, value] : request.headers)
        EXPECT_THAT(value, Not(testing::HasSubstr(keys.secret))) << name;
}

TEST(AwsSignature, OfAQueryAPortAndAHeaderWithBlanks) {
    HttpRequest request{.method = "POST",
                        .target = "/model/m/converse-stream?b=2&a=1",
                        .headers = {{"Content-Type", " application/json;   charset=utf-8 "}},
                        .body = ""};
    sign_for_aws(request, kKeys,
                 {.host = "bedrock-runtime.us-east-1.amazonaws.com:8443",
                  .region = "us-east-1",
                  .service = "bedrock",
                  .now = kNow});
    EXPECT_EQ(header(request, "Authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIAHEARTHEXAMPLE000/20260314/us-east-1/bedrock/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date, "
              "Signature=42dc23177ccae0240b9626d82f2104c5b95b36cac4d2d9e313bcba482f582910");
}

TEST(HostField, IsThatOfTheRequest) {
    EXPECT_EQ(host_field(TcpAddress{"desk", "8000"}), "desk:8000");
    EXPECT_EQ(host_field(TcpAddress{"desk", "443"}, "443"), "desk");
    EXPECT_EQ(host_field(TcpAddress{"fd00::2", "8443"}, "443"), "[fd00::2]:8443");
    EXPECT_EQ(host_field(UnixAddress{"/s"}, "443"), "localhost");
}

}  // namespace
}  // namespace hearth::net
