#include "eval/version_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/run_records.h"

namespace hearth::eval {
namespace {

using testing::IsEmpty;

const std::string kSettings = settings_with({{"t0", "x"}, {"t1", "x"}});

RunResults run(std::int64_t id, std::size_t passed, const std::string& settings = kSettings) {
    return run_of(id, attempts_of("m", "oneshot", first_tasks(passed, 2)), settings);
}

TEST(VersionLines, GoFromTheOldestRunToTheNewest) {
    const auto lines = version_lines(run(3, 2), {run(3, 2), run(1, 0), run(2, 1)});
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].name, "m with oneshot");
    ASSERT_EQ(lines[0].points.size(), 3U);
    EXPECT_EQ(lines[0].points[0].version, "run 1");
    EXPECT_EQ(lines[0].points[0].note, "2026-11-19");
    EXPECT_EQ(lines[0].points[0].rate.rate, 0);
    EXPECT_EQ(lines[0].points[2].rate.rate, 1);
}

TEST(VersionLines, NameTheVersionWhereItDiffers) {
    const auto old_one = run(1, 0, settings_with({{"t0", "x"}, {"t1", "x"}}, R"("hearth":"0.1.0")"));
    const auto new_one = run(2, 0, settings_with({{"t0", "x"}, {"t1", "x"}}, R"("hearth":"0.2.0")"));
    const auto lines = version_lines(new_one, {old_one, new_one});
    EXPECT_EQ(lines.at(0).points[0].note, "0.1.0");
    EXPECT_EQ(lines.at(0).points[1].note, "0.2.0");
}

TEST(VersionLines, LeaveOutWhatIsNotTheSameMeasurement) {
    auto other_suite = run(1, 1);
    other_suite.run.plan.suite = "other";
    auto other_protocol = run(2, 1);
    other_protocol.run.plan.protocol = Protocol::kOpen;
    auto unfinished = run(3, 1);
    unfinished.run.attempts = 9;
    const auto other_text = run(4, 1, settings_with({{"t0", "x"}, {"t1", "y"}}));
    const auto other_model = run_of(5, attempts_of("n", "oneshot", first_tasks(1, 2)), kSettings);
    EXPECT_THAT(version_lines(run(6, 1),
                              {other_suite, other_protocol, unfinished, other_text, other_model, run(6, 1)}),
                IsEmpty());
}

TEST(VersionLines, CountOnlyTheTasksOfTheRunThatIsShown) {
    const auto larger = run_of(1, attempts_of("m", "oneshot", first_tasks(2, 10)),
                               settings_with({{"t0", "x"}, {"t1", "x"}, {"t2", "x"}}));
    const auto lines = version_lines(run(2, 1), {larger, run(2, 1)});
    EXPECT_EQ(lines.at(0).points[0].rate.tasks, 2U);
    EXPECT_EQ(lines.at(0).points[0].rate.rate, 1);
}

}  // namespace
}  // namespace hearth::eval
