#include "egress/rule.h"

#include <gmock/gmock.h>

#include "egress/address_kind.h"

namespace hearth::egress {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Rule> rules(std::initializer_list<const char*> texts) {
    std::vector<Rule> all;
    for (const char* text : texts)
        all.push_back(parse_rule(text).value());
    return all;
}

Verdict ask(const std::vector<Rule>& all, std::string_view method, std::string_view url) {
    const Url parsed = parse_url(url).value();
    return judge(
        all, {.tls = parsed.tls, .place = parsed.place, .method = std::string(method), .path = parsed.path});
}

TEST(EgressRule, NothingIsAllowedByDefault) { EXPECT_FALSE(ask({}, "GET", "https://pypi.org/").rule); }

TEST(EgressRule, AHostAloneIsForReadingByHttps) {
    const auto all = rules({"pypi.org"});
    EXPECT_EQ(ask(all, "GET", "https://pypi.org/simple/six/").rule, 0U);
    EXPECT_EQ(ask(all, "HEAD", "https://PyPI.org:443/").rule, 0U);
    EXPECT_FALSE(ask(all, "POST", "https://pypi.org/").rule);
    EXPECT_FALSE(ask(all, "GET", "http://pypi.org/").rule);
    EXPECT_FALSE(ask(all, "GET", "https://pypi.org:8443/").rule);
    EXPECT_FALSE(ask(all, "GET", "https://pypi.org.evil.example/").rule);
    EXPECT_FALSE(ask(all, "GET", "https://evil-pypi.org/").rule);
    EXPECT_FALSE(ask(all, "GET", "https://sub.pypi.org/").rule);
}

TEST(EgressRule, AStarIsForHostsBelowANameAndNotItself) {
    const auto all = rules({"*.pythonhosted.org"});
    EXPECT_TRUE(ask(all, "GET", "https://files.pythonhosted.org/").rule);
    EXPECT_FALSE(ask(all, "GET", "https://pythonhosted.org/").rule);
    EXPECT_FALSE(ask(all, "GET", "https://xpythonhosted.org/").rule);
    EXPECT_FALSE(parse_rule("*.org"));
}

TEST(EgressRule, APathHoldsForItsSegmentsAndNoWayAroundThem) {
    const auto all = rules({"GET,POST https://git.example/me/tool"});
    EXPECT_TRUE(ask(all, "GET", "https://git.example/me/tool/info/refs?service=x").rule);
    EXPECT_TRUE(ask(all, "POST", "https://git.example/me/tool").rule);
    for (const char* path : {"/me/toolbox", "/me/tool/../../other", "/me/tool/%2e%2e/other", "/me/tool/..;/x",
                             "/me/tool/%252e%252e/x", "/me//tool", "/me/tool/a%2f..%2fb", "/me/tool/%5c"})
        EXPECT_FALSE(ask(all, "GET", std::string("https://git.example") + path).rule) << path;
}

TEST(EgressRule, ARefusalSaysWhoCanAllowWhat) {
    EXPECT_THAT(ask({}, "GET", "https://pypi.org/").why, HasSubstr("--allow-host 'https://pypi.org'"));
    EXPECT_THAT(ask(rules({"pypi.org"}), "POST", "https://pypi.org/").why,
                HasSubstr("--allow-host 'POST https://pypi.org'"));
}

TEST(EgressTarget, OddHostsAreNone) {
    for (const char* text : {"",
                             ":443",
                             "a..b:1",
                             "a.:1",
                             "127.1:80",
                             "0x7f.0.0.1:80",
                             "0x7f000001:80",
                             "2130706433:80",
                             "0177.0.0.1:80",
                             "127.0.0.1.:80",
                             "user@host:80",
                             "h%6fst:80",
                             "host:0",
                             "host:65536",
                             "host:+80",
                             "host:080",
                             "host",
                             "[::1:80",
                             "[fe80::1%25lo]:80",
                             "h\xc3\xb6st:80",
                             "-a:1",
                             "a b:80",
                             "host:"})
        EXPECT_FALSE(parse_place(text, {})) << text;
    EXPECT_EQ(parse_place("[0:0:0::1]:80", {})->host, "::1");
    EXPECT_EQ(parse_place("EXAMPLE.org", std::uint16_t{443})->host, "example.org");
}

TEST(EgressAddress, OnlyPublicOnesAreNotSpecial) {
    for (const char* text : {"0.0.0.0",
                             "10.1.2.3",
                             "100.64.0.1",
                             "127.0.0.2",
                             "169.254.169.254",
                             "172.31.0.1",
                             "192.168.1.1",
                             "198.19.0.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "168.63.129.16",
                             "::",
                             "::1",
                             "::ffff:10.0.0.1",
                             "::ffff:7f00:1",
                             "fe80::1",
                             "fc00::1",
                             "fd00:ec2::254",
                             "ff02::1",
                             "64:ff9b::7f00:1",
                             "2001:db8::1",
                             "2002:7f00:1::",
                             "2001::1",
                             "x"})
        EXPECT_FALSE(special_address(text).empty()) << text;
    for (const char* text : {"1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"})
        EXPECT_THAT(special_address(text), IsEmpty()) << text;
}

}  // namespace
}  // namespace hearth::egress
