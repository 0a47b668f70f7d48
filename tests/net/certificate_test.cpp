#include "net/certificate.h"

#include <gmock/gmock.h>

#include "net/tls_identity.h"

namespace hearth::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

constexpr std::chrono::hours kWeek{7 * 24};

TEST(Certificate, IsGoodForItsNamesAndAddresses) {
    const auto key = make_private_key();
    ASSERT_TRUE(key) << key.error().message();
    const auto made = self_sign(*key, {"desk", "192.168.1.7", "::1"}, kWeek);
    ASSERT_TRUE(made) << made.error().message();
    const auto facts = read_certificate(*made);
    ASSERT_TRUE(facts) << facts.error().message();
    EXPECT_THAT(facts->names, ElementsAre("desk", "192.168.1.7", "::1"));
    EXPECT_THAT(facts->fingerprint, MatchesRegex("([0-9A-F]{2}:){31}[0-9A-F]{2}"));
    EXPECT_THAT(facts->key_pin, StartsWith("sha256//"));
    const auto left = facts->expires - std::chrono::system_clock::now();
    EXPECT_GT(left, kWeek - std::chrono::minutes(5));
    EXPECT_LE(left, kWeek);
}

TEST(Certificate, ANewOneOfTheSameKeyHasTheSamePinAndAnotherFingerprint) {
    const std::string key = make_private_key().value();
    const auto first = read_certificate(self_sign(key, {"a"}, kWeek).value());
    const auto second = read_certificate(self_sign(key, {"a"}, kWeek).value());
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->key_pin, second->key_pin);
    EXPECT_NE(first->fingerprint, second->fingerprint);
}

TEST(Certificate, ANameCannotBringAnother) {
    const auto facts = read_certificate(
        self_sign(make_private_key().value(), {"desk", "a,DNS:bank.example", ""}, kWeek).value());
    ASSERT_TRUE(facts);
    EXPECT_THAT(facts->names, ElementsAre("desk"));
    EXPECT_FALSE(self_sign(make_private_key().value(), {"a,b"}, kWeek)) << "without any name";
}

TEST(Certificate, NamesHaveOneForm) {
    EXPECT_EQ(certificate_name("0:0::1"), "::1");
    EXPECT_EQ(certificate_name("desk.local"), "desk.local");
    EXPECT_EQ(certificate_name("fe80::1%eth0"), "");
}

TEST(Certificate, WhatIsNoneIsSaid) {
    EXPECT_THAT(read_certificate("").error().message(), HasSubstr("no certificate in PEM"));
    EXPECT_THAT(self_sign("no key", {"a"}, kWeek).error().message(), HasSubstr("no private key in PEM"));
}

TEST(TlsIdentity, AKeyOfAnotherCertificateIsRefused) {
    const std::string key = make_private_key().value();
    const std::string certificate = self_sign(key, {"a"}, kWeek).value();
    EXPECT_TRUE(TlsIdentity::make(certificate, key));
    const auto wrong = TlsIdentity::make(certificate, make_private_key().value());
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code(), Code::kInvalidInput);
    EXPECT_THAT(TlsIdentity::load("/absent/c.pem", "/absent/k.pem").error().message(),
                HasSubstr("/absent/c.pem"));
}

}  // namespace
}  // namespace hearth::net
