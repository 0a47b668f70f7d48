#include "model/model_defaults.h"

#include <gtest/gtest.h>

namespace hearth::model {
namespace {

TEST(ModelDefaults, ParametersArePlainValuesAndListsOfTexts) {
    EXPECT_EQ(parse_parameters(R"( {"top_k": 4, "stop": ["a", "b"], "x": true} )").value(),
              R"({"top_k":4,"stop":["a","b"],"x":true})");
    EXPECT_EQ(parse_parameters("{}").value(), "");
    for (const char* text : {"", "[]", "{", R"({"a":{}})", R"({"a":null})", R"({"a":[1]})"})
        EXPECT_EQ(parse_parameters(text).error().code(), Code::kInvalidInput) << text;
    EXPECT_EQ(parse_parameters("{\"a\":\"" + std::string(70'000, 'x') + "\"}").error().code(),
              Code::kTooLarge);
}

TEST(ModelDefaults, ParametersAreALineEach) {
    EXPECT_EQ(parameter_lines(R"({"top_k":4,"stop":["a","b"]})"),
              "top_k                          4\nstop                           \"a\"\nstop                  "
              "         \"b\"\n");
    EXPECT_EQ(parameter_lines(""), "");
}

}  // namespace
}  // namespace hearth::model
