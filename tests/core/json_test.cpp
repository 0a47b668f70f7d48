#include "core/json.h"

#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

namespace hearth {
namespace {

json::value parsed(std::string_view text) { return parse_json(text).value(); }

TEST(ParseJson, ReadsOneValueWithSpaceAround) {
    EXPECT_EQ(parsed(" {\"a\": [1, true, null]} \n").as_object().size(), 1U);
    EXPECT_EQ(parsed("7").as_int64(), 7);
}

TEST(ParseJson, SaysWhereItStoppedBeingJson) {
    const auto broken = parse_json("{\"a\": tru}");
    ASSERT_FALSE(broken.has_value());
    EXPECT_EQ(broken.error().code(), Code::kCorrupt);
    EXPECT_NE(broken.error().message().find("at byte "), std::string::npos) << broken.error().message();
}

TEST(ParseJson, RefusesWhatIsNotExactlyOneValue) {
    for (const char* bad :
         {"", " ", "{", "[1,", "\"open", "1 2", "{} x", "[1,]", "{a:1}", "'a'", "nul", "\xEF\xBB\xBF{}"}) {
        const auto result = parse_json(bad);
        EXPECT_FALSE(result.has_value()) << '"' << bad << '"';
    }
}

TEST(ParseJson, RefusesInvalidUtf8) {
    EXPECT_FALSE(parse_json("\"\xFF\"").has_value());
    EXPECT_FALSE(parse_json("\"\xED\xA0\x80\"").has_value());
    EXPECT_FALSE(parse_json("\"\\ud800\"").has_value());
}

TEST(ParseJson, SaysWhereItIsNoUtf8) {
    const std::string text = "{\"a\": \"\xC3\xBC\xFF\xFE\"}";
    EXPECT_EQ(parse_json(text).error().message(), "not valid JSON at byte 9: the byte 0xff is no UTF-8");
    const auto other = parse_json("[tru, \"\xFF\"]");
    EXPECT_EQ(other.error().message().find("UTF-8"), std::string::npos) << "it is wrong before that";
}

TEST(ParseJson, StopsAtTheStatedDepth) {
    const JsonLimits limits{.max_bytes = 1024, .max_depth = 4};
    EXPECT_TRUE(parse_json("[[[[]]]]", limits).has_value());
    const auto deep = parse_json("[[[[[]]]]]", limits);
    ASSERT_FALSE(deep.has_value());
    EXPECT_EQ(deep.error().code(), Code::kCorrupt);
    EXPECT_NE(deep.error().message().find("nested deeper than 4 levels"), std::string::npos)
        << deep.error().message();
}

TEST(ParseJson, StopsAtTheStatedSizeBeforeReading) {
    const JsonLimits limits{.max_bytes = 3, .max_depth = 4};
    EXPECT_TRUE(parse_json("[1]", limits).has_value());
    const auto large = parse_json("[12]", limits);
    ASSERT_FALSE(large.has_value());
    EXPECT_EQ(large.error().code(), Code::kTooLarge);
}

TEST(Members, AreEmptyWhenAbsentOrOfAnotherKind) {
    const auto value = parsed(R"({"s": "x", "i": 3, "d": 2.5, "b": true, "a": [1], "n": null})");
    EXPECT_EQ(string_member(value, "s"), "x");
    EXPECT_EQ(integer_member(value, "i"), 3);
    EXPECT_EQ(number_member(value, "d"), 2.5);
    EXPECT_EQ(number_member(value, "i"), 3.0);
    EXPECT_EQ(bool_member(value, "b"), true);
    ASSERT_NE(array_member(value, "a"), nullptr);
    EXPECT_EQ(array_member(value, "a")->size(), 1U);
    for (const char* key : {"n", "absent"}) {
        EXPECT_EQ(string_member(value, key), std::nullopt) << key;
        EXPECT_EQ(integer_member(value, key), std::nullopt) << key;
        EXPECT_EQ(number_member(value, key), std::nullopt) << key;
        EXPECT_EQ(bool_member(value, key), std::nullopt) << key;
        EXPECT_EQ(array_member(value, key), nullptr) << key;
    }
    EXPECT_NE(member(value, "n"), nullptr);
    EXPECT_EQ(member(parsed("[1]"), "n"), nullptr);
}

TEST(Members, NumbersThatDoNotFitAreAbsent) {
    EXPECT_EQ(integer_member(parsed(R"({"n": 9223372036854775807})"), "n"), INT64_MAX);
    EXPECT_EQ(integer_member(parsed(R"({"n": 9223372036854775808})"), "n"), std::nullopt);
    EXPECT_EQ(integer_member(parsed(R"({"n": 1.0})"), "n"), std::nullopt);
    EXPECT_EQ(number_member(parsed(R"({"n": 1e400})"), "n"), std::nullopt);
}

TEST(JsonQuote, EscapesAndReplacesInvalidUtf8) {
    EXPECT_EQ(json_quote("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
    EXPECT_EQ(json_quote("\xFF"), "\"\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace hearth
