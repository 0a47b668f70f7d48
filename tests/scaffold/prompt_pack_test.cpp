#include "scaffold/prompt_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "scaffold/candidate_plan.h"
#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kCalc = "def add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n";

Project sample() {
    return project_of(
        {{"calc.py", kCalc},
         {"util.py", "def helper():\n    return 1\n"},
         {"test_calc.py", "from calc import add\n\ndef test_add():\n    assert add(1, 2) == 3\n"},
         {"notes.txt", "a secret\n"}});
}

TestReport failing() {
    TestReport report;
    report.digest = "FAIL: test_add (test_calc)\nassert -1 == 3\n";
    return report;
}

std::string pack(const Project& project, std::size_t max_bytes, const TestReport& report = failing()) {
    const auto targets = rank_targets(project, "add is wrong", report);
    return build_pack({.project = project,
                       .task = "add is wrong\n",
                       .test_command = "make test",
                       .baseline = report,
                       .targets = targets,
                       .max_bytes = max_bytes});
}

TEST(PromptPack, HoldsTaskSourcesTestsAndWhatFailsInThatOrder) {
    const auto text = pack(sample(), 10'000);
    const auto task = text.find("add is wrong");
    const auto source = text.find(kCalc);
    const auto other = text.find("def helper():\n    return 1");
    const auto test = text.find("assert add(1, 2) == 3");
    const auto failure = text.find("assert -1 == 3");
    ASSERT_NE(failure, std::string::npos) << text;
    EXPECT_EQ(task, 0U);
    EXPECT_LT(task, source);
    EXPECT_LT(source, other);  // the likelier file first
    EXPECT_LT(other, test);
    EXPECT_LT(test, failure);
    EXPECT_THAT(text, HasSubstr("`make test`"));
    EXPECT_THAT(text, Not(HasSubstr("secret")));
}

TEST(PromptPack, ShowsTextsThatTheTaskOrTheCodeNamesAndAShortReadme) {
    const auto project =
        project_of({{"calc.py", "# The rules are in RULES.md.\ndef add(a, b):\n    return a - b\n"},
                    {"test_calc.py", "def test_add():\n    assert add(1, 2) == 3\n"},
                    {"RULES.md", "Sums are rounded up.\n"},
                    {"README.md", "A small calculator.\n"},
                    {"history.txt", "a secret\n"}});
    const auto text = pack(project, 10'000);
    EXPECT_THAT(text, HasSubstr("Sums are rounded up."));
    EXPECT_THAT(text, HasSubstr("A small calculator."));
    EXPECT_THAT(text, Not(HasSubstr("a secret")));
    EXPECT_LT(text.find("Sums are rounded up."), text.find("return a - b"));
}

TEST(PromptPack, ALongReadmeIsLeftOutUnlessItIsNamed) {
    std::string readme = "# Calc\n";
    for (int n = 0; n < 400; ++n)
        readme += "words that say little\n";
    auto project = sample();
    project.files.push_back({"README.md", FileRole::kText, readme});
    EXPECT_THAT(pack(project, 10'000), Not(HasSubstr("words that say little")));
    project.files.front().content += "# see README.md\n";
    const auto text = pack(project, 10'000);
    EXPECT_THAT(text, HasSubstr("words that say little"));
    EXPECT_LE(text.size(), 10'500U);
}

TEST(PromptPack, IsTheSameEachTime) { EXPECT_EQ(pack(sample(), 5'000), pack(sample(), 5'000)); }

TEST(PromptPack, AFileThatDoesNotFitIsShownByItsSignatures) {
    std::string large = kCalc;
    for (int n = 0; n < 300; ++n)
        large += "\n\ndef filler_" + std::to_string(n) + "(x):\n    return x * 1000000 + 12345\n";
    auto project = sample();
    for (auto& file : project.files) {
        if (file.path == "util.py") file.content = large;
    }
    const auto text = pack(project, 14'000);
    EXPECT_LE(text.size(), 14'000U + 500U);
    EXPECT_THAT(text, HasSubstr("def filler_7(x):"));
    EXPECT_THAT(text, Not(HasSubstr("* 1000000")));
}

TEST(PromptPack, ALongTestIsCutAndAnnounced) {
    auto project = sample();
    for (auto& file : project.files) {
        if (file.role == FileRole::kTest) file.content += std::string(50'000, '#');
    }
    EXPECT_LE(pack(project, 8'000).size(), 8'500U);
}

TEST(PromptPack, AGreenBaselineFailsNothing) {
    TestReport green;
    green.green = true;
    EXPECT_THAT(pack(sample(), 10'000, green), Not(HasSubstr("fails")));
}

TEST(PromptPack, OfWhatHasYetToBeWrittenTheFailureIsLeftOut) {
    const auto project = project_of(
        {{"calc.py", "def add(a, b):\n    raise NotImplementedError\n"},
         {"test_calc.py", "from calc import add\n\ndef test_add():\n    assert add(1, 2) == 3\n"}});
    const auto text = pack(project, 10'000);
    EXPECT_THAT(text, Not(HasSubstr("assert -1 == 3")));
    EXPECT_THAT(text, HasSubstr("`make test` has to pass"));
}

TEST(FormText, OpensABlockThatTheStopEnds) {
    const auto project = sample();
    Target target;
    target.file = "calc.py";
    target.definition = "add";
    target.line = 2;
    for (const auto form :
         {AnswerForm::kWholeFile, AnswerForm::kDefinition, AnswerForm::kOneDefinition, AnswerForm::kLine}) {
        const auto text = form_text(form, target, project);
        EXPECT_EQ(text.opening, "```python\n");
        EXPECT_THAT(text.stop, testing::ElementsAre("\n```"));
        EXPECT_THAT(text.tail, HasSubstr("calc.py"));
    }
    for (const auto form : {AnswerForm::kExplainFirst, AnswerForm::kAnyFiles}) {
        const auto text = form_text(form, target, project);
        EXPECT_TRUE(text.opening.empty());
        EXPECT_TRUE(text.stop.empty());
        EXPECT_FALSE(text.tail.empty());
    }
}

TEST(FormText, AFileWithFencesOfItsOwnIsNotCutByThem) {
    const auto project = project_of({{"a.py", "TEXT = '''\n```\n'''\n"}});
    Target target;
    target.file = "a.py";
    EXPECT_TRUE(form_text(AnswerForm::kWholeFile, target, project).stop.empty());
}

TEST(CandidatePlan, BeginsWithOneGreedyAnswerAndThenSamples) {
    const auto project = sample();
    const auto report = failing();
    const auto targets = rank_targets(project, "add is wrong", report);
    for (int turn = 1; turn <= 4; ++turn) {
        for (int restarts = 0; restarts <= 3; ++restarts) {
            const auto rounds = plan_rounds({.project = project,
                                             .targets = targets,
                                             .report = report,
                                             .turn = turn,
                                             .restarts = restarts,
                                             .batch = 4});
            ASSERT_FALSE(rounds.empty());
            // What is asked for again is sampled: the likeliest answer would be the same one.
            EXPECT_EQ(rounds.front().candidates, turn == 1 ? 1 : 4);
            EXPECT_EQ(rounds.front().temperature > 0, turn > 1);
            if (restarts == 0) EXPECT_EQ(rounds.front().target.file, "calc.py");
            for (const auto& round : rounds) {
                EXPECT_TRUE(round.candidates == 1 || round.candidates == 4);
                EXPECT_GE(round.temperature, 0);
                EXPECT_LE(round.temperature, 1.2);
                // Equal answers are worth nothing.
                EXPECT_TRUE(round.candidates == 1 || round.temperature > 0);
                if (round.form == AnswerForm::kDefinition) {
                    EXPECT_FALSE(round.target.definition.empty());
                }
                if (round.form == AnswerForm::kLine) {
                    EXPECT_TRUE(round.target.line);
                }
            }
        }
    }
}

TEST(CandidatePlan, AMissingFunctionIsNotLookedForLineByLine) {
    const auto project =
        project_of({{"a.py", "def f():\n    raise NotImplementedError\n\n\ndef g(x):\n    return x + 1\n"}});
    const auto targets = rank_targets(project, "", {});
    const auto rounds = plan_rounds({.project = project, .targets = targets, .report = {}, .batch = 2});
    for (const auto& round : rounds)
        EXPECT_NE(round.form, AnswerForm::kLine);
    EXPECT_EQ(rounds.front().target.definition, "f");
}

TEST(CandidatePlan, WithoutSourcesAnyFileMayCome) {
    const Project project;
    const auto rounds = plan_rounds({.project = project, .targets = {}, .report = {}});
    ASSERT_EQ(rounds.size(), 1U);
    EXPECT_EQ(rounds[0].form, AnswerForm::kAnyFiles);
}

}  // namespace
}  // namespace hearth::scaffold
