#include "scaffold/focus_prompt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSource =
    "import re\n"
    "\n"
    "DIGITS = re.compile(\"[0-9]+\")\n"
    "\n"
    "\n"
    "def amount(word):\n"
    "    return int(word)\n"
    "\n"
    "\n"
    "def line(text):\n"
    "    return amount(text.split()[0])\n"
    "\n"
    "\n"
    "def other():\n"
    "    return \"no amount here\"\n";

constexpr const char* kTest = "def test_comma(self):\n    self.assertEqual(line(\"1,5 l\"), 1.5)\n";

TestReport failing() {
    TestReport report;
    report.digest =
        "FAIL: test_comma (test_line.LineTest)\nValueError: invalid literal '1,5'\n"
        "FAIL: test_empty (test_line.LineTest)\nIndexError: list index out of range\n";
    return report;
}

std::string prompt(const char* definition) {
    const auto project = project_of({{"line.py", kSource}});
    Target target;
    target.file = "line.py";
    target.definition = definition;
    const auto report = failing();
    return focus_prompt({.project = project,
                         .task = "Read commas, too.\n",
                         .target = target,
                         .test = kTest,
                         .report = report});
}

TEST(FocusPrompt, ShowsTheFunctionItsSurroundingsItsUseAndOneFailure) {
    const auto text = prompt("amount");
    for (const std::string piece :
         {"Read commas, too.", "DIGITS = re.compile", "def amount(word):\n    return int(word)\n",
          "return amount(text.split()[0])", kTest, "ValueError: invalid literal '1,5'",
          "new version of `amount`"})
        EXPECT_THAT(text, HasSubstr(piece));
    EXPECT_THAT(text, Not(HasSubstr("IndexError")));
    EXPECT_THAT(text, Not(HasSubstr("def other")));
}

TEST(FocusPrompt, IsEmptyWhereTheFunctionIsNot) {
    EXPECT_EQ(prompt("gone"), "");
    EXPECT_EQ(prompt(""), "");
}

}  // namespace
}  // namespace hearth::scaffold
