#include "app/probe_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;

ModelCard some_card() {
    ModelCard model_card;
    auto& card = model_card.card;
    card.model = "0123";
    card.name = "some:1b";
    card.engine = "llama.cpp 0.5.0 (zen4)";
    card.machine = "here";
    card.unix_time = 1'795'737'600;  // 2026-11-27
    card.seconds = 200;
    card.calls = probe::Calls{.native = 1,
                              .as_text = 14,
                              .malformed = 2,
                              .none = 3,
                              .right = {.right = 10, .asked = 20},
                              .text_form = "JSON in a code fence"};
    card.edits = {{.format = probe::EditFormat::kFunction,
                   .usable = {.right = 20, .asked = 20},
                   .right = {.right = 18, .asked = 20},
                   .tokens = 51}};
    card.batch = {{.answers = 1, .tokens_per_second = 15}, {.answers = 8, .tokens_per_second = 52}};
    card.window = probe::Window{.steps = {{.tokens = {1000}, .found = {.right = 3, .asked = 3}},
                                          {.tokens = {2000}, .found = {.right = 0, .asked = 3}}},
                                .end = probe::WindowEnd::kFailed};
    card.fill = probe::Fill{};
    model_card.advice = probe::advice_of(card, "here");
    return model_card;
}

TEST(ProbeRender, ShowsEachFactWithItsInterval) {
    const auto text = render_card(some_card());
    EXPECT_THAT(text, HasSubstr("some:1b, probed on 2026-11-27 with llama.cpp 0.5.0 (zen4)"));
    EXPECT_THAT(text, HasSubstr("1 native, 14 as text (JSON in a code fence), 2 malformed, 3 none"));
    EXPECT_THAT(text, HasSubstr("30 to 70 %"));
    EXPECT_THAT(text, HasSubstr("18 of 20 right, 20 of 20 usable, 51 tokens each"));
    EXPECT_THAT(text, HasSubstr("0 of 3 (too long for it)"));
    EXPECT_THAT(text, HasSubstr("8 answers at once"));
    EXPECT_THAT(text, HasSubstr("it finds what stands in up to 1000 tokens"));
    EXPECT_THAT(text, HasSubstr("it fills no gaps"));
}

TEST(ProbeRender, PutsTheAdviceBesideTheCard) {
    const auto value = parse_json(card_json(some_card()));
    ASSERT_TRUE(value) << value.error().message();
    const auto* advice = member(*value, "advice");
    ASSERT_NE(advice, nullptr);
    EXPECT_EQ(integer_member(*advice, "candidates"), 8);
    EXPECT_EQ(integer_member(*advice, "window"), 1000);
    EXPECT_EQ(bool_member(*advice, "fill_gaps"), false);
    EXPECT_EQ(member(*advice, "edit"), nullptr);
    // What is printed is what is kept.
    const auto card = probe::decode_card(json::serialize(*value));
    ASSERT_TRUE(card) << card.error().message();
    EXPECT_EQ(*card, some_card().card);
}

}  // namespace
}  // namespace hearth::app
