#include "eval/item_questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kApples = R"(title = "Apples"
tags = ["money"]
question = "{n} apples at 3 cents each cost how much?"
answer = "n * 3"
[variables]
n = { from = 2, to = 400, original = 7 }
)";

constexpr std::string_view kCode = R"(title = "Code"
scorer = "numeric"
question = "What is the code?"
answer = "code"
needles = ["The code is {code}."]
filler = ["The {thing} is blue."]
[variables]
code = { from = 1000, to = 9999, original = 4711 }
[words]
thing = ["door", "roof", "wall"]
)";

TEST(ItemQuestions, AnOriginalComesOnceHoweverManyAreWanted) {
    const auto questions = item_questions(kApples, "apples.toml", {.count = 5});
    ASSERT_TRUE(questions) << questions.error().message();
    ASSERT_EQ(questions->size(), 1U);
    EXPECT_EQ(questions->front().id, "apples-original-1");
    EXPECT_EQ(questions->front().answer, "21");
    EXPECT_EQ(questions->front().scorer, Scorer::kNumeric);
    EXPECT_THAT(questions->front().tags, Contains("original"));
}

TEST(ItemQuestions, RedrawnOnesDifferBySeed) {
    const auto questions = item_questions(kApples, "apples.toml",
                                          {.variations = {Variation::kRedrawn}, .first_seed = 3, .count = 2});
    ASSERT_TRUE(questions) << questions.error().message();
    ASSERT_EQ(questions->size(), 2U);
    EXPECT_EQ((*questions)[1].id, "apples-redrawn-4");
    EXPECT_NE((*questions)[0].prompt, (*questions)[1].prompt);
}

TEST(ItemQuestions, AVariationThatATemplateLacksGivesNone) {
    const auto questions = item_questions(kApples, "apples.toml", {.variations = {Variation::kSwapped}});
    ASSERT_TRUE(questions) << questions.error().message();
    EXPECT_THAT(*questions, IsEmpty());
}

TEST(ItemQuestions, SeveralVariationsComeTogetherUnderNamesOfTheirOwn) {
    const InstanceWish wish{.variations = {Variation::kOriginal, Variation::kRedrawn, Variation::kSwapped},
                            .count = 2};
    const auto questions = item_questions(kApples, "apples.toml", wish);
    ASSERT_TRUE(questions) << questions.error().message();
    std::vector<std::string> ids;
    for (const auto& question : *questions)
        ids.push_back(question.id);
    EXPECT_THAT(ids, ElementsAre("apples-original-1", "apples-redrawn-1", "apples-redrawn-2"));
}

TEST(ItemQuestions, ALongTextComesOnceHoweverManyVariationsAreWanted) {
    const auto questions = item_questions(
        kCode, "code.toml",
        {.variations = {Variation::kOriginal, Variation::kRedrawn}, .size = {.characters = 2000}});
    ASSERT_TRUE(questions) << questions.error().message();
    EXPECT_EQ(questions->size(), 1U);
}

TEST(ItemQuestions, ALongTextHasTheLengthThatIsWanted) {
    const auto questions = item_questions(kCode, "code.toml", {.size = {.characters = 2000}});
    ASSERT_TRUE(questions) << questions.error().message();
    ASSERT_EQ(questions->size(), 1U);
    EXPECT_EQ(questions->front().id, "code-2000-1");
    EXPECT_GT(questions->front().prompt.size(), 1900U);
    EXPECT_THAT(questions->front().prompt, HasSubstr("The code is " + questions->front().answer));
}

TEST(ItemQuestions, ALongTextLeavesRoomInTheWindow) {
    EXPECT_EQ(fitting_haystack({8192}).characters, 16'000U);
    EXPECT_EQ(fitting_haystack({32'768}).characters, 90'000U);
    EXPECT_EQ(fitting_haystack({2048}).characters, 1000U);
}

TEST(ItemQuestions, AMistakeIsToldWithItsPlace) {
    const auto questions = item_questions("title = 3\n", "x.toml", {});
    ASSERT_FALSE(questions);
    EXPECT_THAT(questions.error().message(), HasSubstr("x.toml:1:"));
}

}  // namespace
}  // namespace hearth::eval
