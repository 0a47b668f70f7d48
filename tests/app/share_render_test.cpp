#include "app/share_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Shareable = share::Verdict::Shareable;

ShareCandidate candidate() {
    ShareCandidate out{.file = "/s/a.jsonl"};
    out.shared.session = {.id = "0001", .first_words = "hello", .messages = 2};
    return out;
}

TEST(ShareTable, NothingSpeaksAgainstAPlainSession) { EXPECT_EQ(held_back(candidate()), ""); }

TEST(ShareTable, ADeniedTextHoldsItBackWhateverIsAccepted) {
    auto each = candidate();
    each.shared.session.found.denied = {"acme"};
    each.accepted = true;
    EXPECT_THAT(held_back(each), HasSubstr("'acme'"));
}

TEST(ShareTable, AReviewerHoldsItBackUnlessThePersonAccepts) {
    auto each = candidate();
    each.verdict = share::Verdict{.shareable = Shareable::kUnsure, .flagged = {"a name"}, .why = "people"};
    EXPECT_THAT(held_back(each), AllOf(HasSubstr("unsure"), HasSubstr("people")));
    EXPECT_THAT(render_share({each, candidate()}),
                AllOf(HasSubstr("flagged: a name"), HasSubstr("1 of 2 sessions")));
    EXPECT_THAT(share_json({each}, "out"),
                AllOf(HasSubstr("\"shared\": 0"), HasSubstr("\"shareable\": \"unsure\""),
                      HasSubstr("\"folder\": \"out\"")));
    each.accepted = true;
    EXPECT_EQ(held_back(each), "");
}

TEST(ShareTable, AnEmptySessionIsNotShared) {
    auto each = candidate();
    each.shared.session.messages = 0;
    EXPECT_THAT(held_back(each), HasSubstr("nothing"));
}

}  // namespace
}  // namespace hearth::app
