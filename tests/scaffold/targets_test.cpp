#include "scaffold/targets.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

#include "scaffold/candidate_plan.h"
#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;

constexpr const char* kA = "def alpha():\n    return 1\n\n\ndef beta():\n    return 2\n";
constexpr const char* kB =
    "class Ledger:\n    def add(self, x):\n        self.x = x\n\n    def total(self):\n        return 0\n";

TEST(Targets, AStubComesFirst) {
    const auto project =
        project_of({{"a.py", kA}, {"b.py", "def gamma():\n    raise NotImplementedError\n"}});
    const auto targets = rank_targets(project, "Make the tests pass.", {});
    ASSERT_EQ(targets.size(), 2U);
    EXPECT_EQ(targets[0].file, "b.py");
    EXPECT_EQ(targets[0].definition, "gamma");
}

TEST(Targets, ABodyThatDoesNothingIsAStubWhereSomebodyWaitsForIt) {
    const auto project = project_of(
        {{"a.py", kA},
         {"hooks.py", "def opened():\n    pass\n"},
         {"shapes.py", "def area(w, h):\n    pass\n\n\ndef edge(w, h):\n    pass\n"},
         {"test_shapes.py", "from shapes import area, edge\n\n\ndef test():\n    assert area(2, 3) == 6\n"}});
    const auto targets = rank_targets(project, "Write what is missing", {});
    EXPECT_EQ(targets[0].file, "shapes.py");
    EXPECT_TRUE(targets[0].stub);
    EXPECT_EQ(targets[0].unwritten, 2U);
    const auto hooks = std::ranges::find(targets, "hooks.py", &Target::file);
    ASSERT_NE(hooks, targets.end());
    EXPECT_FALSE(hooks->stub);
}

TEST(Targets, ABlankSourceAndItsHeaderAreWrittenTogether) {
    const auto project = project_of(
        {{"shapes.cpp", "#include \"shapes.h\"\n\nnamespace shapes {\n}\n"},
         {"shapes.h", "#pragma once\n\nnamespace shapes {\n}\n"},
         {"shapes_test.cpp", "#include \"shapes.h\"\nint main() { return shapes::area(2, 3) != 6; }\n"}});
    TestReport report;
    report.digest = "shapes_test.cpp:2:27: error: 'area' is not a member of 'shapes'\n";
    const auto targets = rank_targets(project, "Write what is missing", report);
    EXPECT_EQ(targets[0].file, "shapes.cpp");
    EXPECT_TRUE(is_blank(targets[0]));
    const auto plan = plan_rounds({.project = project, .targets = targets, .report = report});
    EXPECT_EQ(plan[0].form, AnswerForm::kAnyFiles);
}

TEST(Targets, TheFileOfATracebackComesFirstWithTheDefinitionAtItsLine) {
    const auto project = project_of({{"a.py", kA}, {"b.py", kB}});
    TestReport report;
    report.places = {{"b.py", 6}, {"test_b.py", 3}};
    const auto targets = rank_targets(project, "Make the tests pass.", report);
    EXPECT_EQ(targets[0].file, "b.py");
    EXPECT_EQ(targets[0].definition, "Ledger.total");
}

TEST(Targets, TheFileThatThePromptNamesComesFirst) {
    const auto project = project_of({{"a.py", kA}, {"b.py", kB}});
    TestReport report;
    report.places = {{"b.py", 6}};
    EXPECT_EQ(rank_targets(project, "a.py gives wrong numbers", report)[0].file, "a.py");
}

TEST(Targets, ADefinitionThatThePromptNamesComesFirst) {
    const auto project = project_of({{"a.py", kA}, {"b.py", kB}});
    const auto targets = rank_targets(project, "beta should give 3", {});
    EXPECT_EQ(targets[0].file, "a.py");
    EXPECT_EQ(targets[0].definition, "beta");
}

TEST(Targets, AHeaderOfPrototypesIsNotTheFileToChangeForBeingNamed) {
    const auto project =
        project_of({{"csv.h", "// Quotes are kept.\nint split(const char* line);\n"},
                    {"csv.cpp", "#include \"csv.h\"\n\nint split(const char* line) {\n    return 0;\n}\n"}});
    const auto targets = rank_targets(project, "Make it do what csv.h says.", {});
    EXPECT_EQ(targets[0].file, "csv.cpp");
}

TEST(Targets, EveryDefinitionThatThePromptNamesIsTried) {
    const auto project = project_of({{"a.py", kA}});
    TestReport report;
    report.digest = "beta() is 2, expected 3\n";
    const auto targets = rank_targets(project, "alpha must count double; beta then gives 3", report);
    EXPECT_EQ(targets[0].definition, "beta");
    EXPECT_EQ(targets[0].also, std::vector<std::string>{"alpha"});
    const auto rounds = plan_rounds({.project = project, .targets = targets, .report = report, .batch = 2});
    EXPECT_EQ(rounds[0].target.definition, "beta");
    EXPECT_EQ(rounds[1].target.definition, "alpha");
    EXPECT_EQ(rounds[1].candidates, 1);
}

constexpr const char* kPaging =
    "def page_count(items, size):\n    return len(items) // size\n\n\n"
    "def page(items, number, size):\n    return items[(number - 1) * size:number * size]\n";

TEST(Targets, AWordOfTheLanguageThatIsAlsoANameCountsLessThanWhatTheFailureNames) {
    const auto project = project_of({{"paging.py", kPaging}});
    TestReport report;
    report.digest = "self.assertEqual(page_count([1, 2, 3], 2), 2)\nAssertionError: 1 != 2\n";
    const auto targets = rank_targets(project, "The last page of a list is missing", report);
    EXPECT_EQ(targets[0].definition, "page_count");
    EXPECT_FALSE(targets[0].certain);
}

TEST(Targets, ANameWrittenAsCodeIsMeantWhateverTheFailureNames) {
    const auto project = project_of({{"paging.py", kPaging}});
    TestReport report;
    report.digest = "self.assertEqual(page_count([1, 2, 3], 2), 2)\nAssertionError: 1 != 2\n";
    for (const auto* prompt : {"page() is wrong", "`page` is wrong", "The function page is wrong",
                               "The page function is wrong", "paging.page is wrong"}) {
        const auto targets = rank_targets(project, prompt, report);
        EXPECT_EQ(targets[0].definition, "page") << prompt;
        EXPECT_TRUE(targets[0].certain) << prompt;
    }
}

TEST(Targets, APlainNameIsMeantWhereTheFailureNamesNoDefinition) {
    const auto project = project_of({{"paging.py", kPaging}});
    TestReport report;
    report.digest = "1 of 2 checks failed\n";
    EXPECT_EQ(rank_targets(project, "page is wrong", report)[0].definition, "page");
}

constexpr const char* kRing =
    "#include \"ring.h\"\n\nRing::Ring(int places) : places_(places) {\n    next_ = 0;\n}\n\n"
    "int Ring::newest() const {\n    return values_[next_ - 1];\n}\n";

TEST(Targets, TheNameOfAClassDoesNotMeanItsConstructor) {
    const auto project = project_of({{"ring.cpp", kRing},
                                     {"ring_test.cpp",
                                      "#include \"ring.h\"\n\nint main() {\n    Ring ring(3);\n"
                                      "    return ring.newest();\n}\n"}});
    TestReport report;
    report.digest = "FAILED Ring holds three: newest() is 0\n";
    const auto targets = rank_targets(project, "Ring gives a wrong value once it is full", report);
    EXPECT_EQ(targets[0].definition, "Ring::newest");
    EXPECT_FALSE(targets[0].certain);
    const auto named = rank_targets(project, "The constructor of Ring forgets to clear values", report);
    EXPECT_EQ(named[0].definition, "Ring::Ring");
    EXPECT_TRUE(named[0].certain);
}

TEST(Targets, AMethodThatTheTestsMissIsWrittenIntoItsClass) {
    const auto project = project_of({{"errors.py", "class LedgerError(Exception):\n    pass\n"},
                                     {"b.py", kB},
                                     {"test_b.py", "def test():\n    Ledger().transfer(1)\n"}});
    TestReport report;
    report.places = {{"test_b.py", 2}};
    report.digest = "AttributeError: 'Ledger' object has no attribute 'transfer'\n";
    const auto targets = rank_targets(project, "Add transfer to Ledger, which raises LedgerError", report);
    EXPECT_EQ(targets[0].file, "b.py");
    EXPECT_EQ(targets[0].definition, "Ledger");
    EXPECT_EQ(targets[0].missing, "transfer");
    EXPECT_TRUE(targets[0].certain);
    EXPECT_TRUE(targets[0].stub);
}

TEST(Targets, AFunctionThatTheTestsMissIsWrittenIntoItsModule) {
    const auto project =
        project_of({{"a.py", kA}, {"test_a.py", "import a\n\ndef test():\n    assert a.gamma(1) == 3\n"}});
    TestReport report;
    report.places = {{"test_a.py", 4}};
    report.digest = "AttributeError: module 'a' has no attribute 'gamma'\n";
    const auto targets = rank_targets(project, "Add gamma(x) to a.py, which calls beta", report);
    EXPECT_EQ(targets[0].file, "a.py");
    EXPECT_EQ(targets[0].definition, "gamma");
    EXPECT_EQ(targets[0].missing, "gamma");
    EXPECT_TRUE(targets[0].certain);
    const auto rounds = plan_rounds({.project = project, .targets = targets, .report = report, .batch = 2});
    EXPECT_EQ(rounds[0].form, AnswerForm::kDefinition);
    for (const auto& round : rounds)
        EXPECT_NE(round.form, AnswerForm::kLine);
    EXPECT_NE(form_text(AnswerForm::kDefinition, targets[0], project).tail.find("`gamma`, which a.py lacks"),
              std::string::npos);
}

TEST(Targets, AMethodThatOnlyTheSourcesMissMayBeASlipThere) {
    const auto project = project_of({{"b.py", kB}, {"a.py", kA}});
    TestReport report;
    report.places = {{"a.py", 6}};
    report.digest = "AttributeError: 'Ledger' object has no attribute 'totall'\n";
    const auto targets = rank_targets(project, "The tests fail", report);
    EXPECT_EQ(targets[0].file, "a.py");
    EXPECT_TRUE(targets[0].missing.empty());
}

TEST(Targets, WhatTheTestsUseCountsMoreThanWhatTheyDoNot) {
    const auto project =
        project_of({{"a.py", kA},
                    {"z.py", "def zeta():\n    return 26\n"},
                    {"test_z.py", "from z import zeta\n\ndef test_zeta():\n    assert zeta() == 0\n"}});
    EXPECT_EQ(rank_targets(project, "", {})[0].file, "z.py");
}

TEST(Targets, WhatMoreFailingTestsUseComesFirst) {
    const auto project = project_of({{"gate.py", "def enter(x):\n    return x\n"},
                                     {"rates.py", "def fee(x):\n    return x + 1\n"},
                                     {"test_all.py",
                                      "from gate import enter\nfrom rates import fee\n\n\n"
                                      "def test_enter():\n    assert enter(1) == 1\n\n\n"
                                      "def test_gate():\n    assert enter(2) == 2 and fee(2) == 2\n\n\n"
                                      "def test_fee():\n    assert fee(1) == 1\n"}});
    TestReport report;
    report.digest = "FAILED test_fee\nFAILED test_gate\n";  // no runner that tells lines
    EXPECT_EQ(rank_targets(project, "Make the tests pass.", report)[0].file, "rates.py");
    report.digest = "FAILED test_enter\nFAILED test_gate\n";
    EXPECT_EQ(rank_targets(project, "Make the tests pass.", report)[0].file, "gate.py");
}

TEST(Targets, ASourceComesBeforeItsHeader) {
    const auto project =
        project_of({{"wrap.h", "std::string wrap(int w);\n"},
                    {"wrap.cpp", "#include \"wrap.h\"\nstd::string wrap(int w) {\n    return {};\n}\n"},
                    {"wrap_test.cpp", "#include \"wrap.h\"\nint main() { wrap(1); }\n"}});
    const auto targets = rank_targets(project, "wrap is wrong", {});
    EXPECT_EQ(targets[0].file, "wrap.cpp");
    EXPECT_EQ(targets[0].definition, "wrap");
}

TEST(Targets, TestsAndTextsAreNone) {
    const auto project =
        project_of({{"test_a.py", "def test_a():\n    pass\n"}, {"README.md", "a"}, {"Makefile", "test:\n"}});
    EXPECT_TRUE(rank_targets(project, "README.md", {}).empty());
}

TEST(Targets, EqualScoresKeepTheOrderOfNames) {
    const auto project = project_of({{"b.py", kA}, {"a.py", kA}, {"c.py", kA}});
    const auto targets = rank_targets(project, "", {});
    ASSERT_EQ(targets.size(), 3U);
    EXPECT_EQ(targets[0].file, "a.py");
    EXPECT_EQ(targets[2].file, "c.py");
}

}  // namespace
}  // namespace hearth::scaffold
