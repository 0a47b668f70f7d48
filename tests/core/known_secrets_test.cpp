#include "core/known_secrets.h"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base64.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kValue = "s3cret/value+with=signs&more\"quo\\ted<tag>";
constexpr std::string_view kMark = "[secret key]";

KnownSecrets known(std::string_view value = kValue) {
    KnownSecrets all;
    EXPECT_TRUE(all.add("key", value));
    return all;
}

std::string clean(std::string_view text) { return known().without(text).text; }

TEST(KnownSecrets, OrdinaryTextStays) {
    const auto result = known().without("s3cret/value+with=signs and others\n");
    EXPECT_EQ(result.text, "s3cret/value+with=signs and others\n");
    EXPECT_EQ(result.removed, 0U);
    EXPECT_EQ(known().find("nothing here"), "");
    EXPECT_EQ(KnownSecrets().without("x").text, "x");
}

TEST(KnownSecrets, GoesAsItIsEveryTime) {
    const std::string text = "a" + std::string(kValue) + "b" + std::string(kValue);
    const auto result = known().without(text);
    EXPECT_EQ(result.text, "a[secret key]b[secret key]");
    EXPECT_EQ(result.removed, 2U);
    EXPECT_EQ(known().find(text), "key");
}

TEST(KnownSecrets, GoesFromBase64WhereverItStandsInWhatWasEncoded) {
    for (const std::string_view before : {"", "u", "me", "me:", "user:", "x-access-token:"}) {
        for (const std::string_view after : {"", "1", "22", "333"}) {
            std::string encoded =
                encode_base64(std::string(before) + std::string(kValue) + std::string(after));
            EXPECT_THAT(clean(encoded), HasSubstr(kMark)) << before << " " << after;
            std::ranges::replace(encoded, '/', '_');
            std::ranges::replace(encoded, '+', '-');
            EXPECT_THAT(clean("x " + encoded), HasSubstr(kMark)) << "for URLs: " << before << " " << after;
        }
    }
}

TEST(KnownSecrets, WhatIsLeftOfBase64TellsLessThanAByteAtEachEnd) {
    const std::string left = replace_all(clean(encode_base64("u" + std::string(kValue) + "1")), kMark, "");
    EXPECT_LE(left.size(), 6U) << left;
}

TEST(KnownSecrets, GoesFromOtherEncodings) {
    const std::string value(kValue);
    for (const std::string& text :
         {to_hex(value), percent_encoded(value), percent_encoded(value, "-._~/"),
          percent_encoded(value, "", HexCase::kLower), json_quote(value), json_quote(json_quote(value)),
          std::string(R"(s3cret\/value+with=signs&more\"quo\\ted<tag>)"),
          std::string(R"(s3cret/value+with=signs\u0026more\"quo\\ted\u003ctag\u003e)"),
          std::string("s3cret/value+with=signs&amp;more&quot;quo\\ted&lt;tag&gt;")})
        EXPECT_THAT(clean("<" + text + ">"), HasSubstr(kMark)) << text;
    std::string every_byte;
    for (const char c : value)
        every_byte += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    EXPECT_EQ(clean(every_byte), kMark);
}

TEST(KnownSecrets, LinesMayBeBrokenWithin) {
    std::string broken = encode_base64("tok:" + std::string(kValue));
    for (std::size_t at = 20; at < broken.size(); at += 22)
        broken.insert(at, "\r\n");
    EXPECT_THAT(clean(broken), HasSubstr(kMark));
    const std::string quoted =
        json_quote(std::string(kValue.substr(0, 9)) + "\n" + std::string(kValue.substr(9)));
    EXPECT_EQ(known().without_in_json(quoted).text, "\"[secret key]\"");
}

TEST(KnownSecrets, JsonStaysJson) {
    const std::string object =
        fmt::format(R"({{"a":{},"n":1}})", json_quote("x" + std::string(kValue) + "\\"));
    const auto cleaned = known().without_in_json(object);
    EXPECT_EQ(cleaned.text, R"({"a":"x[secret key]\\","n":1})");
    // The n of "\n" is no letter of a secret.
    EXPECT_EQ(known("n12345678").without_in_json(R"({"a":"\n12345678"})").text, R"({"a":"\n12345678"})");
    EXPECT_EQ(known("n12345678").without_in_json(R"({"a":"\\n12345678"})").text, R"({"a":"\\[secret key]"})");
    // Nor is the first half of an escape the end of one.
    EXPECT_TRUE(parse_json(known("1234567\\").without_in_json(R"({"a":"1234567\"x"})").text));
    EXPECT_EQ(known("1234567\\").without_in_json(R"({"a":"1234567\\x"})").text, R"({"a":"[secret key]x"})");
}

TEST(KnownSecrets, AStreamInAnyPiecesGivesWhatTheWholeGives) {
    const std::string value(kValue);
    const std::string text =
        "s3crs3c" + value + value + "\n" + encode_base64("a" + value) + to_hex(value) + "s3cret/value+";
    const KnownSecrets all = known();
    const std::string whole = all.without(text).text;
    for (std::size_t size = 1; size < 70; ++size) {
        KnownSecrets::Stream stream(all);
        std::string out;
        for (std::size_t at = 0; at < text.size(); at += size)
            out += stream.take(std::string_view(text).substr(at, size));
        out += stream.finish();
        EXPECT_EQ(out, whole) << size;
    }
}

TEST(KnownSecrets, AStreamHoldsBackOnlyWhatMayBeOne) {
    const KnownSecrets all = known();
    KnownSecrets::Stream stream(all);
    EXPECT_EQ(stream.take("data: done.\n\n"), "data: done.\n\n");
    EXPECT_EQ(stream.take("data: s3\n\n"), "data: s3\n\n") << "an event that ends like a beginning";
    EXPECT_EQ(stream.take("a s3cret"), "a ");
    EXPECT_EQ(stream.take("ion"), "s3cretion");
    EXPECT_EQ(stream.take(kValue.substr(0, 20)), "");
    EXPECT_EQ(stream.finish(), kValue.substr(0, 20));
}

TEST(KnownSecrets, OneOfTwoThatBeginAlikeIsTheLonger) {
    KnownSecrets all;
    EXPECT_TRUE(all.add("short", "abcdefgh"));
    EXPECT_TRUE(all.add("long", "abcdefghijkl", "<placeholder>"));
    EXPECT_EQ(all.without("abcdefghijkl abcdefgh").text, "<placeholder> [secret short]");
    KnownSecrets::Stream stream(all);
    EXPECT_EQ(stream.take("abcdefgh"), "");
    EXPECT_EQ(stream.take("ijkl"), "<placeholder>");
}

TEST(KnownSecrets, TooShortOnesAreNotKept) {
    KnownSecrets all;
    EXPECT_FALSE(all.add("pin", "1234567"));
    EXPECT_TRUE(all.empty());
    EXPECT_EQ(all.without("1234567").text, "1234567");
}

TEST(KnownSecrets, WipeLeavesNothing) {
    std::string text = "a long text that is not kept in place";
    const std::string_view bytes(text.data(), text.size());
    wipe(text);
    EXPECT_TRUE(text.empty());
    EXPECT_THAT(std::string(bytes), Not(HasSubstr("long")));
}

}  // namespace
}  // namespace hearth
