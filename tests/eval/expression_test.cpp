#include "eval/expression.h"

#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

Result<Value> evaluate(std::string_view text) {
    const auto expression = TRY(Expression::parse(text));
    return expression.evaluate([](const std::string& name) -> Result<Value> {
        if (name == "apples") return Value(Rational::whole(12));
        if (name == "name") return Value(std::string("Mira"));
        return Error(Code::kInvalidInput, "no " + name);
    });
}

std::string text_of(std::string_view text) {
    const auto value = evaluate(text);
    return value ? value_text(*value) : "error: " + value.error().message();
}

TEST(Expression, BindsAsUsual) {
    EXPECT_EQ(text_of("2 + 3 * 4"), "14");
    EXPECT_EQ(text_of("(2 + 3) * 4"), "20");
    EXPECT_EQ(text_of("10 - 4 - 3"), "3");
    EXPECT_EQ(text_of("2 ** 3 ** 2"), "512");
    EXPECT_EQ(text_of("-2 ** 2"), "-4");
    EXPECT_EQ(text_of("2 ** -1"), "0.5");
    EXPECT_EQ(text_of("7 % 3 + apples"), "13");
    EXPECT_EQ(text_of("-7 % 3"), "2");
    EXPECT_EQ(text_of("not 1 > 2 and apples == 12"), "yes");
}

TEST(Expression, IsExact) {
    EXPECT_EQ(text_of("0.1 + 0.2 == 0.3"), "yes");
    EXPECT_EQ(text_of("1 / 3 * 3"), "1");
    EXPECT_EQ(text_of("1 / 3"), "0.333333");
    EXPECT_EQ(text_of("-2 / 3"), "-0.666667");
    EXPECT_EQ(text_of("19.90 * 3"), "59.7");
}

TEST(Expression, HasTheUsualFunctions) {
    EXPECT_EQ(text_of("min(3, 1, 2) + max(3, 1, 2)"), "4");
    EXPECT_EQ(text_of("floor(-1.5)"), "-2");
    EXPECT_EQ(text_of("ceil(-1.5)"), "-1");
    EXPECT_EQ(text_of("round(2.5)"), "3");
    EXPECT_EQ(text_of("round(-2.5)"), "-3");
    EXPECT_EQ(text_of("round(-2.4)"), "-2");
    EXPECT_EQ(text_of("gcd(12, 18) * 100 + lcm(4, 6)"), "612");
    EXPECT_EQ(text_of("if(apples == 1, 'apple', 'apples')"), "apples");
    EXPECT_EQ(text_of("is_int(7 / 2)"), "no");
    EXPECT_EQ(text_of("name != 'Mira'"), "no");
}

TEST(Expression, EvaluatesOnlyTheChosenSide) {
    EXPECT_EQ(text_of("if(apples > 0, 1, 1 / 0)"), "1");
    EXPECT_EQ(text_of("apples > 0 or 1 / 0 > 1"), "yes");
}

TEST(Expression, ErrorsNameThePlace) {
    EXPECT_EQ(text_of("2 +"), "error: column 4: something is missing at the end");
    EXPECT_EQ(text_of("2 + $"), "error: column 5: '$' is not expected here");
    EXPECT_EQ(text_of("sqrt(4)"), "error: column 1: there is no function 'sqrt'");
    EXPECT_EQ(text_of("1 / (apples - 12)"),
              "error: column 3: '/' divides by 0, or its result does not fit into 64 bits");
    EXPECT_EQ(text_of("10 ** 30"),
              "error: column 4: '**' divides by 0, or its result does not fit into 64 bits");
    EXPECT_EQ(text_of("name + 1"), "error: column 6: '+' needs numbers");
    EXPECT_EQ(text_of("if(1, 2)"), "error: column 1: 'if' takes exactly 3");
    EXPECT_EQ(text_of("'open"), "error: column 1: this text has no closing quote");
    EXPECT_EQ(text_of("1 2"), "error: column 3: '2' is not expected here");
}

TEST(Expression, HasLimits) {
    EXPECT_FALSE(Expression::parse(std::string(200, '(') + "1" + std::string(200, ')')));
    EXPECT_FALSE(Expression::parse(std::string(3000, '1')));
    EXPECT_FALSE(Expression::parse(std::string(300, '-') + "1"));
}

}  // namespace
}  // namespace hearth::eval
