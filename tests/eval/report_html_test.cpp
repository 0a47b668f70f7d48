#include "eval/report_html.h"

#include <gtest/gtest.h>

#include "eval/detail/plots.h"

namespace hearth::eval {
namespace {

ReportArm arm(std::string name, int passes, int tasks) {
    ReportArm result{std::move(name), {}};
    for (int i = 0; i < tasks; ++i) {
        ReportAttempt attempt{.passed = i < passes, .seconds = 10, .label = "seed 1"};
        result.tasks.push_back({"task-" + std::to_string(i), {attempt, attempt}});
    }
    return result;
}

ReportData data_of(std::vector<ReportArm> arms) {
    return {
        .title = "Nightly", .suite = "dev", .when = "2026-11-25", .arms = std::move(arms), .versions = {}};
}

TEST(ReportHtml, EscapesEverythingFromOutside) {
    auto data = data_of({arm("<script>alert(1)</script>", 1, 2)});
    data.title = "A & \"B\"";
    data.arms[0].tasks[0].name = "<img src=x onerror=y>";
    auto& attempt = data.arms[0].tasks[0].attempts[0];
    attempt.trajectory = "</pre><b>\x1b[31m";
    attempt.diff = "+<i>\n-</pre>\n";
    attempt.failure = "'<u>'";
    const auto page = report_html(data);
    for (const auto* bad : {"<script", "<img", "</pre><b>", "<i>", "<u>", "\x1b"})
        EXPECT_FALSE(page.contains(bad)) << bad;
    EXPECT_TRUE(page.contains("A &amp; &quot;B&quot;"));
    EXPECT_TRUE(page.contains("<ins>+&lt;i&gt;</ins>"));
}

TEST(ReportHtml, NeedsNothingFromOutside) {
    const auto page = report_html(data_of({arm("a", 3, 9), arm("b", 5, 9)}));
    for (const auto* bad : {"http:", "https:", "src=", "@import", "url(", "<script", "<link"})
        EXPECT_FALSE(page.contains(bad)) << bad;
    EXPECT_TRUE(page.contains("prefers-color-scheme: dark"));
    EXPECT_TRUE(page.contains("width=device-width"));
}

TEST(ReportHtml, PrintsNoRankingThatTheIntervalsDoNotSupport) {
    const auto tied = report_html(data_of({arm("a", 10, 20), arm("b", 11, 20)}));
    EXPECT_TRUE(tied.contains("cannot be told apart"));
    EXPECT_TRUE(tied.contains(">1–2<"));
    EXPECT_FALSE(tied.contains("solves more"));
    const auto clear = report_html(data_of({arm("a", 2, 20), arm("b", 18, 20)}));
    EXPECT_TRUE(clear.contains("2 solves more"));
    EXPECT_TRUE(clear.contains("The comparisons support this order."));
}

TEST(ReportHtml, ShowsWhatIsThere) {
    EXPECT_TRUE(report_html(data_of({})).contains("No runs yet."));
    EXPECT_TRUE(report_html(data_of({arm("a", 0, 2)})).contains("nothing solved"));
    auto data = data_of({arm("a", 1, 2)});
    EXPECT_FALSE(report_html(data).contains("Learning over versions"));
    data.versions = {{"a", {{"0.1", {}}, {"0.2", {}}}}};
    EXPECT_TRUE(report_html(data).contains("Learning over versions"));
}

TEST(ReportHtml, ArmsOfTheSameNameAreBothShown) {
    const auto page = report_html(data_of({arm("same", 1, 20), arm("same", 19, 20)}));
    EXPECT_TRUE(page.contains("2 solves more"));
    EXPECT_TRUE(page.contains("5 %"));
    EXPECT_TRUE(page.contains("95 %"));
}

TEST(ReportHtml, LongTextsLoseTheirMiddle) {
    auto data = data_of({arm("a", 1, 1)});
    data.arms[0].tasks[0].attempts[0].trajectory = std::string(5'000'000, 'x');
    EXPECT_LT(report_html(data).size(), 100'000U);
}

TEST(RoundTicks, ReachTheLargestValue) {
    EXPECT_EQ(detail::round_ticks(47, 5), (std::vector<double>{0, 10, 20, 30, 40, 50}));
    EXPECT_EQ(detail::round_ticks(100, 5), (std::vector<double>{0, 20, 40, 60, 80, 100}));
    EXPECT_EQ(detail::round_ticks(0, 5), (std::vector<double>{0, 1}));
}

}  // namespace
}  // namespace hearth::eval
