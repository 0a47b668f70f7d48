#include "os/ed25519.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace hearth::os {
namespace {

template <typename Bytes>
Bytes from_hex(std::string_view text) {
    Bytes out;
    for (std::size_t at = 0; at < out.bytes.size(); ++at)
        out.bytes.at(at) =
            static_cast<std::uint8_t>(std::stoi(std::string(text.substr(2 * at, 2)), nullptr, 16));
    return out;
}

template <typename Bytes>
std::string hex_of(const Bytes& value) {
    return to_hex(std::string_view(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()));
}

struct Case {
    const char* seed;
    const char* key;
    std::string message;
    const char* signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
const std::array kCases = {
    Case{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
         "d25bf5f0595bbe24655141438e7a100b"},
    Case{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
         "387b2eaeb4302aeeb00d291612bb0c00"},
    Case{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "\xaf\x82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
         "4a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, IsTheOneOfTheStandard) {
    for (const auto& each : kCases) {
        const auto seed = from_hex<SigningSeed>(each.seed);
        const auto key = public_key_of(seed);
        EXPECT_EQ(hex_of(key), each.key);
        const auto signature = sign(seed, each.message);
        EXPECT_EQ(hex_of(signature), each.signature);
        EXPECT_TRUE(is_signed_by(key, each.message, signature));
    }
}

TEST(Ed25519, RefusesOtherBytesKeysAndSignatures) {
    const auto seed = from_hex<SigningSeed>(kCases[1].seed);
    const auto key = public_key_of(seed);
    const auto signature = sign(seed, "a catalogue");
    EXPECT_FALSE(is_signed_by(key, "a catalogu", signature));
    EXPECT_FALSE(is_signed_by(from_hex<SigningKey>(kCases[0].key), "a catalogue", signature));
    for (std::size_t at = 0; at < kSignatureBytes; ++at) {
        auto changed = signature;
        changed.bytes.at(at) ^= 1U;
        EXPECT_FALSE(is_signed_by(key, "a catalogue", changed)) << at;
    }
    EXPECT_FALSE(is_signed_by(SigningKey{}, "", Signature{})) << "a key of small order signs anything";
}

TEST(Ed25519, MakesAnotherKeyEachTime) {
    const auto one = new_signing_seed();
    const auto other = new_signing_seed();
    ASSERT_TRUE(one && other);
    EXPECT_NE(hex_of(*one), hex_of(*other));
}

}  // namespace
}  // namespace hearth::os
