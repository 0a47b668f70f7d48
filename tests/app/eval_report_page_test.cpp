#include "app/eval_report_page.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/run_records.h"
#include "os/files.h"

namespace hearth::app {
namespace {

using eval::attempts_of;
using eval::run_of;
using eval::settings_with;

TEST(ReportPage, OneRunHasPlainNames) {
    const auto run = run_of(3, attempts_of("m", "oneshot", {{"a", {true, false}}}));
    const auto data = report_data({run}, {run});
    EXPECT_EQ(data.title, "Run 3");
    EXPECT_TRUE(data.runs.empty());
    ASSERT_EQ(data.arms.size(), 1U);
    EXPECT_EQ(data.arms[0].name, "m with oneshot");
    const auto& attempts = data.arms[0].tasks.at(0).attempts;
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_EQ(attempts[0].failure, "");
    EXPECT_EQ(attempts[1].failure, "assertion");
    EXPECT_TRUE(data.versions.empty());
}

TEST(ReportPage, SeveralRunsAreAllShown) {
    const auto first = run_of(1, attempts_of("m", "oneshot", {{"a", {true}}}));
    const auto second = run_of(2, attempts_of("m", "oneshot", {{"a", {false}}}));
    const auto data = report_data({first, second}, {first, second});
    EXPECT_EQ(data.title, "Runs 1, 2");
    ASSERT_EQ(data.arms.size(), 2U);
    EXPECT_EQ(data.arms[0].name, "m with oneshot, run 1");
    EXPECT_EQ(data.arms[1].run, 1U);
    EXPECT_EQ(data.comparisons.size(), 1U);
    ASSERT_EQ(data.versions.size(), 1U);
    EXPECT_EQ(data.versions[0].points.size(), 2U);
    EXPECT_EQ(data.versions[0].arm, 1U);
}

TEST(ReportPage, LearningShowsRunsThatAreNotNamed) {
    const auto old_run = run_of(1, attempts_of("m", "oneshot", {{"a", {false}}}));
    const auto now = run_of(2, attempts_of("m", "oneshot", {{"a", {true}}}));
    EXPECT_EQ(report_data({now}, {old_run, now}).versions.at(0).points.size(), 2U);
}

TEST(ReportPage, TwoTextsOfATaskAreTwoTasks) {
    const auto first = run_of(1, attempts_of("", "mine", {{"a", {true}}}), settings_with({{"a", "x"}}));
    const auto second = run_of(2, attempts_of("", "mine", {{"a", {true}}}), settings_with({{"a", "y"}}));
    const auto data = report_data({first, second}, {});
    EXPECT_EQ(data.arms[0].tasks[0].name, "a");
    EXPECT_EQ(data.arms[1].tasks[0].name, "a (as in run 2)");
}

TEST(ReportPage, WhatCameStandsBeforeWhatWasAsked) {
    const auto folder = os::TempDir::create("hearth-page-test");
    ASSERT_TRUE(folder);
    std::filesystem::create_directory(folder->path() / "try-1");
    ASSERT_TRUE(os::write_file_atomic(folder->path() / "try-1/prompt.md", "Mend it.\n"));
    ASSERT_TRUE(os::write_file_atomic(folder->path() / "try-1/stdout.txt", "Mended.\n"));
    ASSERT_TRUE(os::write_file_atomic(folder->path() / "changes.diff", "+good\n"));
    auto attempts = attempts_of("", "mine", {{"a", {true}}});
    attempts[0].outcome.folder = folder->path().string();
    attempts[0].outcome.tries.resize(1);
    const auto data = report_data({run_of(1, attempts)}, {});
    const auto& attempt = data.arms.at(0).tasks.at(0).attempts.at(0);
    EXPECT_EQ(attempt.trajectory, "--- try 1: stdout.txt\nMended.\n\n--- try 1: prompt.md\nMend it.\n\n");
    EXPECT_EQ(attempt.diff, "+good\n");
}

TEST(ReportPage, KnowsTheTwoEndsOfASuite) {
    const auto run = run_of(1, attempts_of("", "reference", {{"a", {true}}}));
    EXPECT_TRUE(report_data({run}, {}).arms[0].yardstick);
}

}  // namespace
}  // namespace hearth::app
