#include "scaffold/failure_digest.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "core/text.h"
#include "support/case_file.h"

namespace hearth::scaffold {
namespace {

using testing::HasSubstr;
using testing::Not;

// A digest is made for a model's window: about 400 tokens, with a line or two behind it.
constexpr std::size_t kDigestLimit = 1700;

TestReport report_of(const test::CaseFile& test) {
    const auto output = test.section("output");
    const auto workspace = test.value("workspace");
    RawRun run;
    run.output = output;
    run.workspace = workspace;
    run.exit_code = static_cast<int>(parse_number(test.value("exit")).value_or(-1));
    run.signal = static_cast<int>(parse_number(test.value("signal")).value_or(0));
    run.timed_out = test.value("timed out") == "yes";
    return digest_test_run(run);
}

std::string shown(const std::optional<std::int64_t>& number) {
    return number ? fmt::format("{}", *number) : std::string();
}

// tests/data/scaffold/digest: what real test commands printed, with what is to be read from it.
TEST(FailureDigest, ReadsWhatToolsPrint) {
    for (const auto& each : test::cases_in("scaffold/digest")) {
        SCOPED_TRACE(each.name());
        const auto report = report_of(each);
        SCOPED_TRACE(report.digest);
        EXPECT_EQ(report.green ? "yes" : "no", each.value("green"));
        EXPECT_EQ(report.built ? "yes" : "no", each.value("built"));
        EXPECT_EQ(shown(report.passed), each.value("passed"));
        EXPECT_EQ(shown(report.failed), each.value("failed"));
        if (const auto words = each.value("summary"); !words.empty()) {
            EXPECT_EQ(summary(report), words);
        }
        for (const auto& piece : each.values("has"))
            EXPECT_THAT(report.digest, HasSubstr(piece));
        for (const auto& piece : each.values("lacks"))
            EXPECT_THAT(report.digest, Not(HasSubstr(piece)));
        if (const auto place = each.value("first place"); !place.empty()) {
            ASSERT_FALSE(report.places.empty());
            EXPECT_EQ(fmt::format("{}:{}", report.places[0].file, report.places[0].line), place);
        }
        EXPECT_LE(report.digest.size(), kDigestLimit);
        EXPECT_THAT(report.digest, Not(HasSubstr("/home/ann")));
        if (!report.green && !each.section("output").empty()) {
            EXPECT_FALSE(trim(report.digest).empty());
        }
    }
}

TEST(FailureDigest, StaysWithinItsSizeWhateverIsPrinted) {
    std::string output;
    for (int n = 0; n < 500; ++n)
        output += fmt::format("FAIL: test_{}\nAssertionError: {}\nerror: x.py:{}: {}\n", n,
                              std::string(300, 'a'), n, std::string(400, 'b'));
    RawRun run;
    run.output = output;
    run.exit_code = 1;
    const auto report = digest_test_run(run);
    EXPECT_LE(report.digest.size(), kDigestLimit);
    EXPECT_LE(report.places.size(), 50U);
}

TEST(FailureDigest, MakesInvalidBytesReadable) {
    RawRun run;
    run.output = "error: \xff\xfe bytes\n";
    run.exit_code = 1;
    EXPECT_TRUE(is_valid_utf8(digest_test_run(run).digest));
}

TEST(FailureDigest, TheSameFailureReadsTheSame) {
    RawRun run;
    run.exit_code = 1;
    run.output = "AssertionError: <Parcel object at 0x7f97e8fadb50> != 0x1F\n";
    EXPECT_THAT(digest_test_run(run).digest, HasSubstr("<Parcel object at 0x...> != 0x1F"));
}

TEST(FailureDigest, NamesTheSignalThatEndedTheProgram) {
    RawRun run;
    run.signal = 8;
    EXPECT_THAT(digest_test_run(run).digest, HasSubstr("division by zero"));
    run.signal = 0;
    run.exit_code = 134;  // as a shell reports SIGABRT
    EXPECT_THAT(digest_test_run(run).digest, HasSubstr("aborted"));
}

TEST(FailureDigest, PlacesAreThoseOfTheWorkspaceAlone) {
    RawRun run;
    run.workspace = "/w";
    run.output =
        "  File \"/usr/lib/python3.11/json/decoder.py\", line 3, in x\n  File \"/w/src/a.py\", line 5, in y\n"
        "at 12:30:01 http://127.0.0.1:80/ 1.5:3 <string>:1\n";
    run.exit_code = 1;
    const auto report = digest_test_run(run);
    ASSERT_EQ(report.places.size(), 1U);
    EXPECT_EQ(report.places[0].file, "src/a.py");
    EXPECT_EQ(report.places[0].line, 5);
}

TestReport judged(bool green, bool built, std::optional<std::int64_t> passed,
                  std::optional<std::int64_t> failed) {
    TestReport report;
    report.green = green;
    report.built = built;
    report.passed = passed;
    report.failed = failed;
    return report;
}

TEST(TestReport, ScoresGreenOverBuiltOverPassedOverFailed) {
    const auto green = judged(true, true, {}, {});
    const auto most = judged(false, true, 9, 1);
    const auto more_failed = judged(false, true, 9, 3);
    const auto fewer = judged(false, true, 8, 1);
    const auto unknown = judged(false, true, {}, {});
    const auto broken = judged(false, false, {}, {});
    EXPECT_GT(green.score(), most.score());
    EXPECT_GT(most.score(), more_failed.score());
    EXPECT_GT(more_failed.score(), fewer.score());
    EXPECT_GT(fewer.score(), unknown.score());
    EXPECT_GT(unknown.score(), broken.score());
    auto endless = unknown;
    endless.timed_out = true;
    EXPECT_GT(unknown.score(), endless.score());
    EXPECT_GT(endless.score(), broken.score());
}

TEST(TestReport, ASingleTestThatComesFurtherIsBetter) {
    TestReport report;
    report.passed = 0;
    report.failed = 1;
    const auto failing_at = [&](int line) {
        report.places = {{"src/a.py", 900}, {"test_a.py", line}};
        return report.score();
    };
    EXPECT_GT(failing_at(20), failing_at(11));
    EXPECT_EQ(failing_at(5000), failing_at(6000)) << "far down no line counts";
    const auto furthest = failing_at(5000);
    report.passed = 1;
    EXPECT_GT(failing_at(1), furthest) << "a test that passes is worth more than any line";
    EXPECT_EQ(failing_at(20), failing_at(11)) << "lines of different tests say nothing";
}

TEST(TestReport, SummaryIsInWords) {
    EXPECT_EQ(summary(judged(true, true, {}, {})), "all tests pass");
    EXPECT_EQ(summary(judged(true, true, 3, 0)), "all 3 tests pass");
    EXPECT_EQ(summary(judged(false, true, 3, 2)), "3 of 5 tests pass");
    EXPECT_EQ(summary(judged(false, false, 0, 1)), "does not build");
}

}  // namespace
}  // namespace hearth::scaffold
