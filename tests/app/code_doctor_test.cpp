#include "app/code_doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using State = SessionPart::State;

const std::vector<SessionPart>& parts() {
    static const std::vector<SessionPart> kParts = {
        {.kind = "model", .what = "hearth/a", .from = "--model"},
        {.kind = "skill", .what = std::string(80, 's'), .from = "/s", .state = State::kUnused},
        {.kind = "sandbox",
         .what = "does\x1bnot",
         .state = State::kProblem,
         .note = "why",
         .cure = "do this"}};
    return kParts;
}

TEST(SessionParts, AreATableWithTheProblemsBelow) {
    const auto text = render_session_parts(parts());
    EXPECT_THAT(text, AllOf(HasSubstr("hearth/a"), HasSubstr("unused"), HasSubstr(std::string(60, 's') + "…"),
                            HasSubstr("problem: sandbox does\\x1bnot\n  why\n  do: do this\n"),
                            Not(HasSubstr("\x1b"))));
}

TEST(SessionParts, AreJson) {
    const auto text = session_parts_json(parts());
    EXPECT_THAT(text, AllOf(HasSubstr("\"healthy\": false"), HasSubstr("\"state\": \"unused\""),
                            HasSubstr("\"cure\": \"do this\"")));
    EXPECT_THAT(session_parts_json({}), HasSubstr("\"healthy\": true"));
}

TEST(SessionParts, AreHealthyWithoutAProblem) {
    EXPECT_FALSE(is_healthy(parts()));
    EXPECT_TRUE(is_healthy({parts()[0], parts()[1]}));
}

}  // namespace
}  // namespace hearth::app
