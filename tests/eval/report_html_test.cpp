#include "eval/report_html.h"

#include <gtest/gtest.h>

#include "eval/detail/plots.h"
#include "eval/run_records.h"

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
    ReportData data;
    data.title = "Nightly";
    data.suite = "dev";
    data.when = "2026-11-25";
    data.arms = std::move(arms);
    return data;
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

TEST(ReportHtml, TellsAnyAndAllOfARepeatedTaskAndItsEnergyWhereThatIsKnown) {
    auto half = arm("a", 1, 2);
    half.tasks[0].attempts[1].passed = false;
    EXPECT_TRUE(report_html(data_of({half})).contains("50 %, 0 %"));
    for (auto& task : half.tasks) {
        for (auto& attempt : task.attempts)
            attempt.joules = 21;
    }
    EXPECT_TRUE(report_html(data_of({half})).contains(">84</td></tr>"));
    half.tasks[1].attempts[0].joules.reset();
    EXPECT_FALSE(report_html(data_of({half})).contains(">63</td></tr>"));
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

TEST(ReportHtml, ArmsOfDifferentRunsAreRankedApart) {
    auto data = data_of({arm("a, run 1", 2, 20), arm("a, run 2", 18, 20)});
    data.arms[1].run = 1;
    data.runs = {"run 1", "run 2"};
    const auto page = report_html(data);
    EXPECT_FALSE(page.contains("solves more"));
    EXPECT_FALSE(page.contains("Comparisons on the same tasks"));
    EXPECT_FALSE(page.contains(">1–2<"));
}

TEST(ReportHtml, ShowsWhatChangedBetweenRuns) {
    auto data = data_of({arm("a, run 1", 2, 20), arm("a, run 2", 18, 20)});
    data.arms[1].run = 1;
    data.runs = {"run 1", "run 2"};
    data.comparisons =
        compare_runs({run_of(1, attempts_of("", "a", first_tasks(2, 20)), R"({"seconds":"<300>"})"),
                      run_of(2, attempts_of("", "a", first_tasks(18, 20)), R"({"seconds":60})")});
    const auto page = report_html(data);
    EXPECT_TRUE(page.contains("What changed between the runs"));
    EXPECT_TRUE(page.contains("solves more than before"));
    EXPECT_TRUE(page.contains("t2 (0/2 → 2/2)"));
    EXPECT_TRUE(page.contains("<td>&lt;300&gt;</td><td>60</td>"));
}

TEST(ReportHtml, SaysWhatWouldTellAPairApart) {
    const auto page = report_html(data_of({arm("a", 10, 20), arm("b", 11, 20)}));
    EXPECT_TRUE(page.contains("20 tasks x 2 seeds find a difference of"));
    const auto clear = report_html(data_of({arm("a", 2, 20), arm("b", 18, 20)}));
    EXPECT_FALSE(clear.contains("find a difference of"));
}

TEST(ReportHtml, TheTwoEndsOfASuiteSayNothingAboutItsTasks) {
    auto data = data_of({arm("reference", 20, 20), arm("a", 5, 20)});
    for (auto& each : data.arms)
        for (auto& task : each.tasks)
            task.attempts.resize(12, task.attempts.front());
    EXPECT_TRUE(report_html(data).contains("task-7, "));
    data.arms[0].yardstick = true;
    const auto page = report_html(data);
    const auto place = page.find("Always passed, for the regression set");
    ASSERT_NE(place, std::string::npos);
    EXPECT_FALSE(page.substr(place, page.find("</p>", place) - place).contains("task-7"));
}

TEST(ReportHtml, EveryArmHasItsColumnHoweverOftenItRan) {
    auto data = data_of({arm("a", 1, 1), arm("b", 0, 1), arm("c", 1, 1)});
    for (auto& each : data.arms)
        for (auto& attempt :
             each.tasks[0].attempts = std::vector<ReportAttempt>(9, each.tasks[0].attempts[0]))
            attempt.trajectory = "story of " + each.name;
    const auto page = report_html(data);
    for (const auto* name : {"story of a", "story of b", "story of c"})
        EXPECT_TRUE(page.contains(name)) << name;
    EXPECT_TRUE(page.contains("5 more attempts are not shown."));
}

TEST(ReportHtml, LinesOverVersionsHaveTheColourOfTheirArm) {
    auto data = data_of({arm("a", 1, 2), arm("b", 1, 2)});
    data.versions = {{"b", {{"run 1", {}, "2026-11-20"}, {"run 2", {}, "2026-11-21"}}, 1}};
    const auto page = report_html(data);
    const auto figure = page.substr(page.find("Learning over versions"));
    EXPECT_TRUE(figure.contains("<g class=\"c2\"><path"));
    EXPECT_TRUE(figure.contains(">2026-11-20<"));
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
