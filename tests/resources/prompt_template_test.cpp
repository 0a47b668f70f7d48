#include "resources/prompt_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::resources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PromptTemplate, HasADescriptionAndAHint) {
    const auto made = *parse_prompt_template(
        "---\ndescription: Reviews a file\nargument-hint: \"FILE [FOCUS]\"\n---\nReview $1.\n", "review");
    EXPECT_EQ(made.name, "review");
    EXPECT_EQ(made.description, "Reviews a file");
    EXPECT_EQ(made.argument_hint, "FILE [FOCUS]");
    EXPECT_EQ(made.body, "Review $1.");
}

TEST(PromptTemplate, IsDescribedByItsFirstLine) {
    EXPECT_EQ(parse_prompt_template("\n\nReview it.\nWell.\n", "x")->description, "Review it.");
    EXPECT_EQ(parse_prompt_template(std::string(100, 'a'), "x")->description, std::string(60, 'a') + "…");
}

TEST(PromptTemplate, NeedsAText) {
    EXPECT_THAT(parse_prompt_template("---\ndescription: d\n---\n\n", "x").error().message(),
                HasSubstr("no text"));
}

TEST(Arguments, AreSeparatedAsAShellDoes) {
    EXPECT_THAT(split_arguments(" one  two\tthree\n"), ElementsAre("one", "two", "three"));
    EXPECT_THAT(split_arguments(R"(a "b c" 'd "e"' f"g h"i)"), ElementsAre("a", "b c", "d \"e\"", "fg hi"));
    EXPECT_THAT(split_arguments("\"\" x"), ElementsAre("", "x"));
    EXPECT_THAT(split_arguments("it's not closed"), ElementsAre("its not closed"));
    EXPECT_THAT(split_arguments("  "), IsEmpty());
}

struct Case {
    const char* text;
    const char* filled;
};

// With the arguments "one", "two words", "three".
class Filled : public testing::TestWithParam<Case> {};

TEST_P(Filled, HasItsArguments) {
    EXPECT_EQ(fill_template(GetParam().text, {"one", "two words", "three"}), GetParam().filled);
}

INSTANTIATE_TEST_SUITE_P(
    Places, Filled,
    testing::Values(Case{"$1 and $2.", "one and two words."}, Case{"$4|$0|$10|$99999999999999999999", "|||"},
                    Case{"$@", "one two words three"}, Case{"$ARGUMENTS!", "one two words three!"},
                    Case{"${1:-x} ${4:-fallback}", "one fallback"}, Case{"${@:-none}", "one two words three"},
                    Case{"${@:2}", "two words three"}, Case{"${@:2:1}", "two words"},
                    Case{"${@:9}|${@:0}", "|one two words three"}, Case{"${@:1:99}", "one two words three"},
                    Case{"${4:-a $1 b}", "a $1 b"}, Case{"cost $x ${HOME} $ $", "cost $x ${HOME} $ $"},
                    Case{"${1} ${@:x} ${2:3} ${", "${1} ${@:x} ${2:3} ${"}, Case{"$1$1", "oneone"},
                    Case{"", ""}));

TEST(Filled, WithoutArguments) {
    EXPECT_EQ(fill_template("[$1][$@][${@:-all}][${1:-first}]", {}), "[][][all][first]");
}

TEST(Filled, IsNotFilledAgain) { EXPECT_EQ(fill_template("$1 $2", {"$2", "$1"}), "$2 $1"); }

}  // namespace
}  // namespace hearth::resources
