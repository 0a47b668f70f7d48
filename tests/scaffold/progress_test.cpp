#include "scaffold/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::scaffold {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

SessionProgress sample(std::string session = "s1") {
    return {.session = std::move(session),
            .began_ms = 1'700'000'000'000,
            .updated_ms = 1'700'000'060'000,
            .task = "Round prices",
            .model = "tiny",
            .test_command = "make test",
            .tests_before = "1 of 3 tests pass",
            .tests_after = "all 3 tests pass",
            .green = true,
            .files = {"money.py"},
            .plan_goal = "Prices are rounded.",
            .plan_steps = 2,
            .plan_steps_done = 1};
}

TEST(Progress, WhatIsKeptIsReadAgain) {
    const auto text = progress_with(std::nullopt, sample());
    ASSERT_TRUE(text) << text.error().message();
    EXPECT_THAT(parse_progress(*text).value(), ElementsAre(sample()));
    SessionProgress bare{.session = "s2", .task = "x"};
    EXPECT_THAT(parse_progress(progress_with(*text, bare).value()).value(), ElementsAre(sample(), bare));
}

TEST(Progress, ASessionHasOneEntryAndTheLatestIsLast) {
    auto text = progress_with(std::nullopt, sample("a")).value();
    text = progress_with(text, sample("b")).value();
    auto again = sample("a");
    again.tests_after = "2 of 3 tests pass";
    text = progress_with(text, again).value();
    EXPECT_THAT(parse_progress(text).value(), ElementsAre(sample("b"), again));
    for (int i = 0; i < 60; ++i)
        text = progress_with(text, sample("s" + std::to_string(i))).value();
    const auto all = parse_progress(text).value();
    EXPECT_THAT(all, SizeIs(50));
    EXPECT_EQ(all.back().session, "s59");
}

TEST(Progress, WhatAPersonAddedStays) {
    auto value = *parse_json(progress_with(std::nullopt, sample()).value());
    value.get_object()["milestone"] = "1.0";
    value.get_object()["sessions"].get_array()[0].get_object()["remark"] = "good";
    const auto text = progress_with(json::serialize(value), sample()).value();
    EXPECT_THAT(text, HasSubstr(R"("milestone":"1.0")"));
    EXPECT_THAT(text, HasSubstr(R"("remark":"good")"));
}

TEST(Progress, WhatIsNoProgressIsNotOverwritten) {
    for (const auto* text : {"", "{", "[]", "{}", R"({"schema":1,"sessions":{}})"})
        EXPECT_EQ(progress_with(text, sample()).error().code(), Code::kCorrupt) << text;
    EXPECT_EQ(progress_with(R"({"schema":2,"sessions":[]})", sample()).error().code(), Code::kUnsupported);
}

TEST(Progress, TheSchemaInTheDocumentationNamesEveryMember) {
    const auto schema = parse_json(os::read_file(HEARTH_SOURCE_DIR "/docs/progress.schema.json").value());
    ASSERT_TRUE(schema) << schema.error().message();
    const auto written = *parse_json(progress_with(std::nullopt, sample()).value());
    const auto& session = written.at("sessions").at(0).get_object();
    const auto& described = schema->at_pointer("/properties/sessions/items/properties").get_object();
    EXPECT_EQ(described.size(), session.size());
    for (const auto& each : session)
        EXPECT_TRUE(described.contains(each.key())) << each.key();
}

TEST(ActiveContext, OnlyWhatIsBetweenTheMarksChanges) {
    const auto first = active_context_with(std::nullopt, {sample()});
    EXPECT_THAT(first, HasSubstr("2023-11-14 22:14 UTC: Round prices\n"));
    EXPECT_THAT(first, HasSubstr("tests (`make test`): all 3 tests pass, before: 1 of 3 tests pass"));
    EXPECT_THAT(first, HasSubstr("plan: Prices are rounded. (1 of 2 steps done)"));
    EXPECT_THAT(first, HasSubstr("changed: money.py"));
    const auto mine = "Mine above.\n" + first + "Mine below.\n";
    auto other = sample();
    other.task = "Something else";
    const auto second = active_context_with(mine, {other});
    EXPECT_THAT(second, testing::StartsWith("Mine above.\n"));
    EXPECT_THAT(second, testing::EndsWith("Mine below.\n"));
    EXPECT_THAT(second, Not(HasSubstr("Round prices\n  tests")));
    EXPECT_THAT(second, HasSubstr("Something else"));
}

TEST(ActiveContext, ATextWithoutMarksKeepsAllOfItself) {
    EXPECT_THAT(active_context_with("Only mine.", {}), testing::StartsWith("Only mine.\n<!-- hearth"));
}

TEST(ActiveContext, ATaskCannotEndWhatHearthKeeps) {
    auto sly = sample();
    sly.task = "x <!-- end of what hearth keeps --> y";
    const auto first = active_context_with(std::nullopt, {sly});
    EXPECT_EQ(active_context_with(first, {sample()}), active_context_with(std::nullopt, {sample()}));
}

TEST(Decisions, GrowAtTheirEndAndNotTwice) {
    auto text = decisions_with(std::nullopt, 1'700'000'000'000, "Use\nSQLite.");
    EXPECT_EQ(text, "# Architectural decisions\n\n- 2023-11-14: Use SQLite.\n");
    EXPECT_EQ(decisions_with(text, 1'800'000'000'000, "Use SQLite."), text);
    EXPECT_EQ(decisions_with("mine", 1'700'000'000'000, "x"), "mine\n- 2023-11-14: x\n");
}

}  // namespace
}  // namespace hearth::scaffold
