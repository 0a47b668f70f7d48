#include "chat/loose_json.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace hearth::chat {
namespace {

std::string read(std::string_view text) {
    const auto loose = read_loose_json(text);
    return loose ? loose->text : "nothing";
}

TEST(LooseJson, StrictJsonStaysAsItIs) {
    const std::string_view text = R"({"a":[1,-2.5e3,true,false,null,"\u00e9\n\\\""],"b":{}})";
    EXPECT_EQ(read(text), text);
    EXPECT_EQ(read_loose_json(text)->length, text.size());
}

TEST(LooseJson, TakesOneValueAndLeavesTheRest) {
    const auto loose = read_loose_json("  {\"a\": 1} and more");
    ASSERT_TRUE(loose);
    EXPECT_EQ(loose->length, 10U);
    EXPECT_TRUE(loose->complete);
}

TEST(LooseJson, ReadsWhatSmallModelsMakeOfIt) {
    EXPECT_EQ(read("{'a': 'it''s'}"), R"({"a":"it''s"})");
    EXPECT_EQ(read("{a: b c, d: True, e: None}"), R"({"a":"b c","d":true,"e":null})");
    EXPECT_EQ(read("[1,,2,]"), "[1,2]");
    EXPECT_EQ(read("{\"a\": \"x\ny\"}"), R"({"a":"x\ny"})");
    EXPECT_EQ(read(R"({"a": "\d+\'"})"), R"({"a":"\\d+'"})");
    EXPECT_EQ(read(R"({"a": "say "hi" now"})"), R"({"a":"say \"hi\" now"})");
    EXPECT_EQ(read("{\"a\": \"\"\"x \"y\" z\"\"\"}"), R"({"a":"x \"y\" z"})");
    EXPECT_EQ(read("{\"a\": `x \"y\"`}"), R"({"a":"x \"y\""})");
}

TEST(LooseJson, ClosesWhatIsOpenAtTheEndAndSaysSo) {
    for (const auto& [text, made] :
         std::vector<std::pair<std::string, std::string>>{{R"({"a": {"b": [1, "x)", R"({"a":{"b":[1,"x"]}})"},
                                                          {R"({"a": 1, "b")", R"({"a":1})"},
                                                          {"[", "[]"}}) {
        const auto loose = read_loose_json(text);
        ASSERT_TRUE(loose) << text;
        EXPECT_EQ(loose->text, made);
        EXPECT_FALSE(loose->complete);
    }
}

TEST(LooseJson, SaysWhenThereIsNoValue) {
    EXPECT_EQ(read(""), "nothing");
    EXPECT_EQ(read("}"), "nothing");
    EXPECT_EQ(read("{: 1}"), "nothing");
    EXPECT_EQ(read("{a 1}"), "nothing");
    EXPECT_EQ(read(std::string(200, '[')), "nothing");
    EXPECT_EQ(read(R"({"a": "\ud800"})"), "nothing");
}

TEST(LooseJson, AnArgumentOfACallEndsAtItsBracket) {
    const auto loose = read_loose_argument("3) + 1");
    ASSERT_TRUE(loose);
    EXPECT_EQ(loose->text, "3");
    EXPECT_EQ(loose->length, 1U);
}

}  // namespace
}  // namespace hearth::chat
