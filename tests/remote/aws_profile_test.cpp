#include "remote/aws_profile.h"

#include <gtest/gtest.h>

namespace hearth::remote {
namespace {

constexpr std::string_view kCredentials =
    "# mine\n[default]\naws_access_key_id = AKIA1\naws_secret_access_key=a/b+c=\n\n"
    "[ work ]\r\nAWS_ACCESS_KEY_ID = AKIA2\r\naws_secret_access_key = two\r\naws_session_token = s==\r\n"
    "[half]\naws_access_key_id = AKIA3\n";

constexpr std::string_view kConfig =
    "[default]\nregion = eu-west-1\ns3 =\n  region = nested\n[profile work]\nregion=us-gov-west-1\n"
    "[profile sso]\nsso_session = x\n[work]\nregion = not-this\n";

TEST(AwsProfile, HasKeysAndARegion) {
    const auto usual = read_aws_profile(kCredentials, kConfig, "default");
    ASSERT_TRUE(usual.keys);
    EXPECT_EQ(usual.keys->id, "AKIA1");
    EXPECT_EQ(usual.keys->secret, "a/b+c=");
    EXPECT_EQ(usual.keys->session, "");
    EXPECT_EQ(usual.region, "eu-west-1");
    const auto work = read_aws_profile(kCredentials, kConfig, "work");
    ASSERT_TRUE(work.keys);
    EXPECT_EQ(work.keys->secret, "two");
    EXPECT_EQ(work.keys->session, "s==");
    EXPECT_EQ(work.region, "us-gov-west-1");
}

TEST(AwsProfile, WithoutKeysOfItsOwnHasNone) {
    EXPECT_FALSE(read_aws_profile(kCredentials, kConfig, "half").keys);
    EXPECT_FALSE(read_aws_profile(kCredentials, kConfig, "absent").keys);
    const auto sso = read_aws_profile(kCredentials, kConfig, "sso");
    EXPECT_FALSE(sso.keys);
    EXPECT_TRUE(sso.otherwise);
    EXPECT_FALSE(read_aws_profile("no file of it [", "=\n[\n]", "default").keys);
}

TEST(AwsRegion, IsInArnsAndHosts) {
    EXPECT_EQ(region_of_arn("arn:aws:bedrock:eu-north-1:123456789012:application-inference-profile/a"),
              "eu-north-1");
    EXPECT_EQ(region_of_arn("us.anthropic.claude-sonnet-4-20250514-v1:0"), "");
    EXPECT_EQ(region_of_arn("arn:aws:bedrock:a.example/:1:x"), "");
    EXPECT_EQ(region_of_host("bedrock-runtime.eu-west-1.amazonaws.com"), "eu-west-1");
    EXPECT_EQ(region_of_host("proxy.example"), "");
    EXPECT_EQ(bedrock_url("cn-north-1"), "https://bedrock-runtime.cn-north-1.amazonaws.com.cn");
}

}  // namespace
}  // namespace hearth::remote
