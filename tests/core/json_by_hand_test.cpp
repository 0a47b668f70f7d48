#include "core/json_by_hand.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace hearth {
namespace {

TEST(JsonByHand, TakesCommentsAndACommaBehindTheLastMember) {
    const auto value = parse_json_by_hand("{\n// one\n\"a\": [1, 2,], /* two */ \"b\": \"//\",\n}");
    ASSERT_TRUE(value) << value.error().message();
    EXPECT_EQ(json::serialize(*value), R"({"a":[1,2],"b":"//"})");
    EXPECT_FALSE(parse_json("[1,]")) << "other JSON stays strict";
    EXPECT_FALSE(parse_json("[1] // one"));
}

TEST(JsonByHand, AMistakeHasItsLine) {
    EXPECT_EQ(parse_json_by_hand("{\n\"a\": 1\n\"b\": 2\n}").error().message().substr(0, 32),
              "not valid JSON at byte 9, line 3");
    EXPECT_EQ(parse_json_by_hand("[1 2]").error().message().substr(0, 24), "not valid JSON at byte 3");
}

}  // namespace
}  // namespace hearth
