#include "probe/card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"

namespace hearth::probe {
namespace {

using testing::HasSubstr;

Card full_card() {
    Card card;
    card.model = "0123abcd";
    card.name = "some:1b";
    card.engine = "llama.cpp 0.5.0 (zen4)";
    card.engine_build = "fedcba98";
    card.machine = "a machine";
    card.hearth = "0.1.0";
    card.unix_time = 1'790'000'000;
    card.seconds = 123.5;
    card.quick = true;
    card.context = {8192};
    card.calls = Calls{.native = 3,
                       .as_text = 9,
                       .malformed = 1,
                       .none = 7,
                       .right = {.right = 10, .asked = 20},
                       .text_form = "JSON in a code fence"};
    card.thinking = Thinking{.thinks = true, .where = "<think>", .can_be_off = false, .tokens = {90}};
    card.edits = {{.format = EditFormat::kFunction,
                   .usable = {.right = 4, .asked = 4},
                   .right = {.right = 3, .asked = 4},
                   .tokens = 51.5}};
    card.window = Window{.steps = {{.tokens = {1000}, .found = {.right = 3, .asked = 3}},
                                   {.tokens = {2010}, .found = {.right = 1, .asked = 3}}},
                         .end = WindowEnd::kFailed};
    card.batch = {{.answers = 1, .tokens_per_second = 14.5}, {.answers = 4, .tokens_per_second = 34.25}};
    card.fill = Fill{.supported = true, .right = {.right = 5, .asked = 5}};
    card.spread = {
        {.temperature = 0.5, .distinct = {.right = 2, .asked = 4}, .right = {.right = 4, .asked = 4}}};
    return card;
}

TEST(Card, IsReadAsItWasWritten) {
    const auto card = decode_card(encode_card(full_card()));
    ASSERT_TRUE(card) << card.error().message();
    EXPECT_EQ(*card, full_card());
}

TEST(Card, LeavesOutWhatWasNotMeasured) {
    Card card;
    card.model = "x";
    const auto text = encode_card(card);
    for (const auto* part : {"calls", "thinking", "edits", "window", "batch", "fill", "spread"})
        EXPECT_THAT(text, testing::Not(HasSubstr(part)));
    const auto again = decode_card(text);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(*again, card);
}

TEST(Card, SaysHowSureItIs) {
    const auto text = encode_card(full_card());
    // Wilson's interval of 10 of 20: 30 to 70 %.
    EXPECT_THAT(text, HasSubstr(R"("right":10,"asked":20,"low":2.99)"));
}

TEST(Card, RefusesWhatNoProbeGives) {
    const auto changed = [](std::string_view from, std::string_view to) {
        auto text = encode_card(full_card());
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        return decode_card(text);
    };
    EXPECT_EQ(changed(R"("version":1)", R"("version":2)").error().code(), Code::kUnsupported);
    for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
             {R"("right":10,"asked":20)", R"("right":21,"asked":20)"},
             {R"("native":3)", R"("native":-1)"},
             {R"("format":"function")", R"("format":"poem")"},
             {R"("answers":4)", R"("answers":0)"},
             {R"("end":"failed")", R"("end":"soon")"},
             {R"("thinks":true)", R"("thinks":1)"},
             {R"("unix_time":1790000000)", R"("unix_time":-1)"},
             {R"("unix_time":1790000000)", R"("unix_time":253402300800)"},
             {R"("model":"0123abcd")", R"("model":"")"}}) {
        const auto card = changed(from, to);
        ASSERT_FALSE(card) << to;
        EXPECT_EQ(card.error().code(), Code::kInvalidInput) << to;
    }
    EXPECT_EQ(decode_card("{").error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace hearth::probe
