#include "remote/google_account.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::remote {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'773'500'966)};

// Signed by the package cryptography of Python (PKCS1v15, SHA256) with tests/data/net/rs256.pem, a key of this test alone.
constexpr const char* kSignedClaim =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0.eyJpc3MiOiJoZWFydGhAZXhhbXBsZS5pYW0uZ3NlcnZp"
    "Y2VhY2NvdW50LmNvbSIsInNjb3BlIjoiaHR0cHM6Ly93d3cuZ29vZ2xlYXBpcy5jb20vYXV0aC9jbG91ZC1wbGF0Zm9ybSIs"
    "ImF1ZCI6Imh0dHBzOi8vb2F1dGgyLmdvb2dsZWFwaXMuY29tL3Rva2VuIiwiaWF0IjoxNzczNTAwOTY2LCJleHAiOjE3NzM1"
    "MDQ1NjZ9.LT00mnvg004QSq5o7t4OvR71Gemcmu9WF7abbu9VkG9fINppUp0P8tNqUpTk-UCvg03imoWLKwVUvWYOuRNIM5W"
    "OEqIlSH6rJ-LW23EFVFd1NyRAwMhnXremdvECEdMlw0DtL191TZe4VRYRfz-DeinnAe2R0VLLu1j_gBYNSS6A3MT4EylVXPh"
    "J8nfQcYBolld2ngq7gWNcD1QWSHXQHE02TWdJ_q7VRauAAc4UP615Jt7nRphpRSZKwdA1ryWmajg4ezmfyYe0GUEgBK2ytoS"
    "nbQcmcykt4gdC7Zaek_J_ty-nJYe2Q5ZVPxy_2dKnfRwXS06YV8WJxoNCCV0BJg";

std::string service_account(const std::string& token_url = "https://oauth2.googleapis.com/token") {
    const auto key = os::read_file(std::string(HEARTH_SOURCE_DIR) + "/tests/data/net/rs256.pem");
    return json::serialize(json::object{{"type", "service_account"},
                                        {"project_id", "hearth-project"},
                                        {"private_key_id", "k1"},
                                        {"private_key", key.value_or("")},
                                        {"client_email", "hearth@example.iam.gserviceaccount.com"},
                                        {"token_uri", token_url}});
}

TEST(GoogleAccount, OfAServiceSignsAClaim) {
    const auto account = parse_google_account(service_account());
    ASSERT_TRUE(account) << account.error().message();
    EXPECT_EQ(account->project, "hearth-project");
    const auto request = token_request(*account, kNow);
    ASSERT_TRUE(request) << request.error().message();
    EXPECT_EQ(request->url, "https://oauth2.googleapis.com/token");
    EXPECT_EQ(request->body,
              std::string("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=") +
                  kSignedClaim);
}

TEST(GoogleAccount, OfAPersonSendsItsRefreshToken) {
    const auto account = parse_google_account(
        R"({"type":"authorized_user","client_id":"c","client_secret":"s/1","refresh_token":"1//r","quota_project_id":"p"})");
    ASSERT_TRUE(account) << account.error().message();
    EXPECT_EQ(account->project, "p");
    const auto request = token_request(*account, kNow);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->body,
              "grant_type=refresh_token&client_id=c&client_secret=s%2F1&refresh_token=1%2F%2Fr");
}

TEST(GoogleAccount, WhatIsNoneIsSaidWithoutItsKey) {
    const auto why = [](const std::string& text) {
        const auto account = parse_google_account(text);
        return account ? std::string("accepted") : account.error().message();
    };
    EXPECT_THAT(why("planted-key"), Not(HasSubstr("planted")));
    EXPECT_THAT(why(R"({"type":"service_account","private_key":"planted-key"})"), HasSubstr("client_email"));
    EXPECT_THAT(why(R"({"type":"external_account"})"), HasSubstr("external_account"));
    EXPECT_THAT(why(service_account("http://oauth.example/token")), HasSubstr("https://"));
    EXPECT_EQ(why(service_account("http://127.0.0.1:8080/token")), "accepted");
    auto account = *parse_google_account(service_account());
    account.private_key = "planted-key";
    const auto request = token_request(account, kNow);
    ASSERT_FALSE(request);
    EXPECT_THAT(request.error().message(), Not(HasSubstr("planted")));
}

TEST(GoogleAccount, ATokenIsReadWithItsEnd) {
    const auto token = read_token(200, R"({"access_token":"ya29.x","expires_in":3599})", kNow);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->text, "ya29.x");
    EXPECT_EQ(token->expires - kNow, std::chrono::seconds(3599));
    const auto refused =
        read_token(400, R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})", kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kPermission);
    EXPECT_EQ(refused.error().message(),
              "Google gives no token for these credentials: invalid_grant: Invalid JWT Signature.");
    EXPECT_EQ(read_token(503, "", kNow).error().code(), Code::kUnavailable);
    EXPECT_EQ(read_token(200, R"({"access_token":"a\r\nb"})", kNow).error().code(), Code::kCorrupt);
    EXPECT_EQ(read_token(200, "{}", kNow).error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace hearth::remote
