#include "eval/retrieval.h"

#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

constexpr std::string_view kHarbour = R"(title = "Berths"
introduction = "Read the harbour log."
question = "At which berth did the {ship} moor?"
answer = "berth"
needles = ["The {ship} moored at the {berth} berth.", "The {other} sailed on."]
filler = ["A {colour} gull sat on the {thing}.", "Someone painted the {thing} {colour}."]

[words]
colour = ["grey", "white", "copper"]
thing = ["crane", "rail", "north wall"]

[variables]
ship = { choose = ["Alder", "Sorrel"] }
other = { choose = ["Kestrel", "Plover"] }
berth = { choose = ["north", "copper", "seventh"] }
)";

Retrieval harbour() { return Retrieval::parse(kHarbour, "h.toml").value(); }

TEST(Retrieval, IsAsLongAsAskedFor) {
    const auto item = harbour();
    for (const std::size_t size : {500U, 5000U, 50000U}) {
        const auto prompt = item.instance({.characters = size}, 3).value().prompt;
        EXPECT_GT(prompt.size(), size - 60);
        EXPECT_LT(prompt.size(), size + 100);
    }
}

TEST(Retrieval, PutsTheNeedleAtItsDepth) {
    const auto item = harbour();
    for (const double depth : {0.0, 0.25, 0.5, 0.9, 1.0}) {
        const auto prompt = item.instance({.characters = 20000, .depth = depth}, 5).value().prompt;
        const auto at =
            static_cast<double>(prompt.find(" moored at the ")) / static_cast<double>(prompt.size());
        EXPECT_NEAR(at, depth, 0.02);
    }
}

TEST(Retrieval, FillerNeverHoldsTheAnswer) {
    const auto item = harbour();
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto instance = item.instance({.characters = 3000}, seed).value();
        const auto first = instance.prompt.find(instance.answer);
        ASSERT_NE(first, std::string::npos);
        EXPECT_EQ(instance.prompt.find(instance.answer, first + 1), std::string::npos);
    }
}

TEST(Retrieval, TheSameSeedGivesTheSameText) {
    EXPECT_EQ(harbour().instance({.characters = 900}, 4).value().prompt,
              harbour().instance({.characters = 900}, 4).value().prompt);
    EXPECT_NE(harbour().instance({.characters = 900}, 4).value().prompt,
              harbour().instance({.characters = 900}, 5).value().prompt);
}

TEST(Retrieval, RefusesWhatCannotBe) {
    EXPECT_EQ(harbour().instance({.characters = std::size_t{1} << 40U}, 1).error().code(), Code::kTooLarge);
    const auto missing = Retrieval::parse(
        "title='x'\nquestion='q'\nanswer=\"'a'\"\nneedles=['n']\nfiller=['{w}']\n", "h.toml");
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().message().contains("no list of words 'w'"));
}

}  // namespace
}  // namespace hearth::eval
