#include "scaffold/failing_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kTests =
    "import unittest\n"                           // 1
    "\n"                                          // 2
    "class LineTest(unittest.TestCase):\n"        // 3
    "    def test_one(self):\n"                   // 4
    "        self.assertEqual(one(), 1)\n"        // 5
    "\n"                                          // 6
    "    def test_two(self):\n"                   // 7
    "        for n in (1, 2):\n"                  // 8
    "            self.assertEqual(two(n), 2)\n";  // 9

TestReport at(std::initializer_list<std::int64_t> lines) {
    TestReport report;
    for (const auto line : lines)
        report.places.push_back({"test_line.py", line});
    return report;
}

TEST(FailingTests, AreTheFunctionsThatThePlacesLieInEachOnce) {
    const auto project =
        project_of({{"line.py", "def one():\n    return 1\n"}, {"tests/test_line.py", kTests}});
    EXPECT_THAT(
        failing_tests(project, at({9, 5, 8})),
        ElementsAre("def test_two(self):\n    for n in (1, 2):\n        self.assertEqual(two(n), 2)\n",
                    "def test_one(self):\n    self.assertEqual(one(), 1)\n"));
}

TEST(FailingTests, NothingIsFoundOutsideFunctionsAndTests) {
    const auto project = project_of({{"line.py", "def one():\n    return 1\n"}, {"test_line.py", kTests}});
    EXPECT_THAT(failing_tests(project, at({1, 400, 0, -3})), IsEmpty());
    TestReport in_source;
    in_source.places = {{"line.py", 2}, {"", 5}};
    EXPECT_THAT(failing_tests(project, in_source), IsEmpty());
}

}  // namespace
}  // namespace hearth::scaffold
