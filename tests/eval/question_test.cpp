#include "eval/question.h"

#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

bool right(Scorer scorer, const std::string& answer, std::string_view given, double tolerance = 0) {
    const auto result = score_text({.answer = answer, .scorer = scorer, .tolerance = tolerance}, given);
    EXPECT_TRUE(result) << result.error().message();
    return result && *result;
}

TEST(Questions, AreReadFromLines) {
    const auto questions = parse_questions(
        "{\"id\":\"a\",\"prompt\":\"1+1?\",\"answer\":2,\"scorer\":\"numeric\",\"tolerance\":0.5,\"tags\":["
        "\"sum\"]}\n\n"
        "{\"id\":\"b\",\"prompt\":\"Capital?\",\"answer\":\"Paris\",\"scorer\":\"exact\"}\n",
        "q.jsonl");
    ASSERT_TRUE(questions) << questions.error().message();
    ASSERT_EQ(questions->size(), 2U);
    EXPECT_EQ(questions->front().answer, "2");
    EXPECT_EQ(questions->front().tolerance, 0.5);
    const auto again = parse_questions(question_line(questions->front()), "q.jsonl");
    ASSERT_TRUE(again);
    EXPECT_EQ(question_line(again->front()), question_line(questions->front()));
}

TEST(Questions, MistakesNameTheLine) {
    const auto message = [](std::string_view text) {
        const auto questions = parse_questions(text, "q.jsonl");
        return questions ? std::string() : questions.error().message();
    };
    EXPECT_EQ(message("\n{\"id\":\"a\",\"prompt\":\"p\",\"answer\":\"x\",\"scorer\":\"guess\"}"),
              "q.jsonl:2: unknown scorer 'guess' (possible: exact, numeric, regex, program, judge)");
    EXPECT_EQ(message("{\"id\":\"a\",\"prompt\":\"p\",\"answer\":\"x\",\"scorer\":\"numeric\"}"),
              "q.jsonl:1: 'x' is no number");
    EXPECT_TRUE(message("{\"id\":\"a\",\"prompt\":\"p\",\"answer\":\"(\",\"scorer\":\"regex\"}")
                    .starts_with("q.jsonl:1: '(' is"));
    const std::string line = "{\"id\":\"a\",\"prompt\":\"p\",\"answer\":\"x\"}\n";
    EXPECT_EQ(message(line + line), "q.jsonl:2: the id 'a' is there already");
}

TEST(Scorer, ExactForgivesSpaceCaseAndTheFinalStop) {
    EXPECT_TRUE(right(Scorer::kExact, "Paris", "  paris.\n"));
    EXPECT_TRUE(right(Scorer::kExact, "a  b", "A b"));
    EXPECT_FALSE(right(Scorer::kExact, "Paris", "It is Paris"));
}

TEST(Scorer, NumericTakesTheLastNumber) {
    EXPECT_TRUE(right(Scorer::kNumeric, "1250", "3 boxes of 400, so it is 1,250."));
    EXPECT_TRUE(right(Scorer::kNumeric, "-3.5", "x = -3.5"));
    EXPECT_FALSE(right(Scorer::kNumeric, "-3", "10-3"));
    EXPECT_TRUE(right(Scorer::kNumeric, "0.3", "0.30000000000000004"));
    EXPECT_TRUE(right(Scorer::kNumeric, "10", "about 10.4", 0.5));
    EXPECT_FALSE(right(Scorer::kNumeric, "10", "no idea"));
}

TEST(Scorer, RegexSearches) {
    EXPECT_TRUE(right(Scorer::kRegex, "^(yes|no)$", "I think\nyes"));
    EXPECT_FALSE(right(Scorer::kRegex, "^[0-9]+$", "x1"));
}

}  // namespace
}  // namespace hearth::eval
