#include "eval/template.h"

#include <gtest/gtest.h>
#include <set>

namespace hearth::eval {
namespace {

constexpr std::string_view kMarket = R"(title = "Change"
question = "{name} buys {count} {things} at {price} euros each. A {helper} carries them. How many euros of {note} are left?"
answer = "note - cost"
conditions = ["note > cost"]
distractors = ["The {things} are {age} days old.", "It is raining."]
domain = "market"

[variables]
name = { choose = ["Mira", "Tomas", "Ilse"] }
count = { from = 2, to = 9, original = 4 }
price = { from = 1.5, to = 6, step = 0.5, original = 2.5 }
note = { choose = [20, 50], original = 50 }
age = { from = 1, to = 5 }

[derived]
cost = "count * price"

[domains]
harbour = { things = "ropes", helper = "sailor" }
market = { things = "melons", helper = "porter" }
)";

Template market() { return Template::parse(kMarket, "market.toml").value(); }

TEST(Template, OriginalIsAsItWasWritten) {
    const auto instance = market().instance(Variation::kOriginal, 99).value();
    EXPECT_EQ(instance.prompt,
              "Mira buys 4 melons at 2.5 euros each. A porter carries them. How many euros of 50 are left?");
    EXPECT_EQ(instance.answer, "40");
    EXPECT_EQ(instance.scorer, "numeric");
}

TEST(Template, TheSameSeedGivesTheSameText) {
    const auto one = market();
    EXPECT_EQ(one.instance(Variation::kRedrawn, 7).value().prompt,
              market().instance(Variation::kRedrawn, 7).value().prompt);
    std::set<std::string> prompts;
    for (std::uint64_t seed = 0; seed < 50; ++seed)
        prompts.insert(one.instance(Variation::kRedrawn, seed).value().prompt);
    EXPECT_GT(prompts.size(), 40U);
}

TEST(Template, RedrawnAnswersMeetTheConditions) {
    const auto one = market();
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto answer = one.instance(Variation::kRedrawn, seed).value().answer;
        EXPECT_FALSE(answer.starts_with('-') || answer == "0") << answer;
    }
}

TEST(Template, AnotherDomainKeepsNumbersAndAnswer) {
    const auto instance = market().instance(Variation::kSwapped, 1).value();
    EXPECT_EQ(instance.prompt,
              "Mira buys 4 ropes at 2.5 euros each. A sailor carries them. How many euros of 50 are left?");
    EXPECT_EQ(instance.answer, "40");
}

TEST(Template, DistractorsStandBeforeTheQuestionAndKeepTheAnswer) {
    const auto one = market();
    std::set<std::string> prompts;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto instance = one.instance(Variation::kDistracted, seed).value();
        EXPECT_TRUE(instance.prompt.ends_with("How many euros of 50 are left?"));
        EXPECT_TRUE(instance.prompt.starts_with("Mira buys 4 melons"));
        EXPECT_TRUE(instance.prompt.contains("raining") || instance.prompt.contains("days old"));
        EXPECT_EQ(instance.answer, "40");
        prompts.insert(instance.prompt);
    }
    EXPECT_GT(prompts.size(), 2U);
}

TEST(Template, OffersOnlyTheVariationsThatItHas) {
    EXPECT_EQ(market().variations().size(), 4U);
    const auto plain =
        Template::parse("title = 'x'\nquestion = 'What is 1 + 1?'\nanswer = '1 + 1'\n", "x.toml").value();
    EXPECT_EQ(plain.variations(), std::vector{Variation::kOriginal});
    EXPECT_EQ(plain.instance(Variation::kRedrawn, 1).error().code(), Code::kUnsupported);
}

std::string mistake(std::string_view text) {
    const auto parsed = Template::parse(text, "t.toml");
    return parsed ? "" : parsed.error().message();
}

TEST(Template, ErrorsNameFileAndLine) {
    EXPECT_EQ(mistake("title = 'x'\nquestion = '{a}'\nanswer = '1'\n"), "t.toml:2:12: nothing is named 'a'");
    EXPECT_TRUE(
        mistake("title = 'x'\nquestion = 'q'\nanswer = '1 +'\n").starts_with("t.toml:3:10: column 4"));
    EXPECT_TRUE(mistake("title = 'x'\nquestion = 'q {'\nanswer = '1'\n").contains("'{' without '}'"));
    EXPECT_TRUE(mistake("titel = 'x'\n").contains("unknown key 'titel'"));
    EXPECT_TRUE(
        mistake("title = 'x'\nquestion = 'q'\nanswer = \"'a'\"\n").contains("the answer is no number"));
    EXPECT_TRUE(mistake("title = 'x'\nquestion = 'q'\nanswer = 'a'\n[derived]\na = 'b'\nb = 'a'\n")
                    .contains("derived from itself"));
    EXPECT_TRUE(
        mistake(
            "title = 'x'\nquestion = 'q'\nanswer = 'a'\nconditions = ['a > 5']\n[variables]\na = { from = 1, "
            "to = 9 }\n")
            .contains("the conditions are not met"));
}

TEST(Template, SaysWhenNoDrawMeetsTheConditions) {
    const auto one = Template::parse(
        "title = 'x'\nquestion = 'q {a}'\nanswer = 'a'\nconditions = ['a == 5.5']\n[variables]\na = { from = "
        "1, to = 9, "
        "original = 5.5 }\n",
        "t.toml");
    ASSERT_TRUE(one) << one.error().message();
    EXPECT_EQ(one->instance(Variation::kRedrawn, 1).error().code(), Code::kExhausted);
}

TEST(InsertSentences, LeavesTheLastSentenceLast) {
    EXPECT_EQ(insert_sentences("One. Two?", {"Rain."}, 3), "One. Rain. Two?");
    EXPECT_EQ(insert_sentences("Why?", {"Rain."}, 3), "Rain. Why?");
}

}  // namespace
}  // namespace hearth::eval
