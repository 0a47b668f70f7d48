#include "probe/window_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_provider.h"

namespace hearth::probe {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Haystack, AShorterTextIsTheFrontOfALongerOne) {
    const auto hay = haystack({40, 80, 160});
    const auto shorter = window_question(hay, 40, hay.needles[0][0]);
    const auto longer = window_question(hay, 160, hay.needles[2][0]);
    const auto text = shorter.substr(0, shorter.find("\nWhat is"));
    EXPECT_THAT(longer, StartsWith(text));
}

TEST(Haystack, HasItsNeedlesAtTheirDepths) {
    const auto hay = haystack({40, 80, 160});
    ASSERT_EQ(hay.needles.size(), 3U);
    for (std::size_t i = 0; i < hay.needles.size(); ++i) {
        ASSERT_EQ(hay.needles[i].size(), 3U);
        for (const auto& needle : hay.needles[i]) {
            EXPECT_LT(needle.line, hay.lengths[i]);
            EXPECT_THAT(hay.lines[needle.line], HasSubstr(needle.code));
            EXPECT_THAT(hay.lines[needle.line], HasSubstr(needle.subject));
        }
        EXPECT_LT(hay.needles[i][0].line, hay.needles[i][2].line);
    }
}

// A model that reads only so many bytes of a text.
chat::Reply reading(const chat::Request& request, std::size_t bytes) {
    const auto& text = request.messages.back().text;
    const auto subject_at = text.rfind("code of the ") + 12;
    const auto subject = text.substr(subject_at, text.find('?', subject_at) - subject_at);
    const auto front = std::string_view(text).substr(0, bytes);
    const auto at = front.find("The secret code of the " + subject + " is ");
    chat::Reply reply;
    reply.answers.push_back(
        {.message = {.role = chat::Role::kAssistant,
                     .text = at == std::string_view::npos
                                 ? "I do not know."
                                 : std::string(front.substr(at + 27 + subject.size(), 4))}});
    reply.usage.prompt_tokens = {static_cast<std::int64_t>(text.size() / 4)};
    reply.usage.prompt_seconds = 0.001;
    return reply;
}

Window probed(std::size_t bytes, Tokens window, std::chrono::steady_clock::time_point until) {
    test::ScriptedProvider provider;
    for (int i = 0; i < 40; ++i) {
        provider.then_do([bytes](const chat::Request& request, const chat::EventSink& /*sink*/,
                                 const std::stop_token& /*stop*/) -> Result<chat::Reply> {
            return reading(request, bytes);
        });
    }
    const Desk desk{.provider = provider, .effort = {.slots = 1, .until = until}, .tick = {}, .stop = {}};
    const auto found = probe_window(desk, window);
    EXPECT_TRUE(found) << found.error().message();
    return found.value_or(Window());
}

TEST(WindowProbe, FindsTheWholeWindowOfAModelThatReadsAll) {
    const auto window = probed(1'000'000, {8192}, std::chrono::steady_clock::now() + std::chrono::hours(1));
    EXPECT_EQ(window.end, WindowEnd::kContext);
    ASSERT_EQ(window.steps.size(), 4U);
    for (const auto& each : window.steps)
        EXPECT_EQ(each.found, (Share{.right = 3, .asked = 3}));
    EXPECT_GT(window.steps.back().tokens.value, 7000);
    EXPECT_LT(window.steps.back().tokens.value, 8192);
}

TEST(WindowProbe, EndsWhereAModelNoLongerReadsTheText) {
    const auto window = probed(9'000, {32'768}, std::chrono::steady_clock::now() + std::chrono::hours(1));
    EXPECT_EQ(window.end, WindowEnd::kFailed);
    ASSERT_GE(window.steps.size(), 2U);
    EXPECT_EQ(window.steps.front().found.right, 3);
    EXPECT_LE(window.steps.back().found.right, 1);
}

TEST(WindowProbe, EndsWhenTheTimeIsUp) {
    const auto window = probed(1'000'000, {32'768}, {});
    EXPECT_EQ(window.end, WindowEnd::kTime);
    EXPECT_EQ(window.steps.size(), 1U);
}

}  // namespace
}  // namespace hearth::probe
