#include "eval/redraw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/suite.h"
#include "eval/task_folder.h"
#include "eval/vary.h"
#include "os/files.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

struct Files {
    std::string language;
    std::string command;
    std::string answer;  // the file that is changed
    std::string test;    // the file of tests
    std::string instructions;
    std::string work;
    std::string tests;
    std::string solution;
};

const Files kTide{
    .language = "python",
    .command = "python3 -m unittest -q",
    .answer = "tide.py",
    .test = "test_tide.py",
    .instructions =
        "Fix `feed(high, level)` in `tide.py`: at `high` or more it returns `\"alarm\"`, else "
        "`\"quiet\"`.\n\nExample: `feed(400, 399)` is `\"quiet\"`.\n",
    .work = "def feed(high, level):\n    return \"alarm\" if level > high else \"quiet\"\n",
    .tests =
        "import unittest\nfrom tide import feed\n\n\nclass Tide(unittest.TestCase):\n"
        "    def test_below(self):\n        self.assertEqual(feed(400, 399), \"quiet\")\n\n"
        "    def test_at(self):\n        self.assertEqual(feed(400, 400), \"alarm\")\n",
    .solution = "def feed(high, level):\n    return \"alarm\" if level >= high else \"quiet\"\n"};

class Redraw : public testing::Test {
protected:
    void add(const std::string& id, const Files& files) const {
        const auto task = ground_.path() / "from" / id;
        put(task / "task.toml",
            "title = \"T\"\nkind = \"bug-fix\"\nlanguage = \"" + files.language +
                "\"\ndifficulty = \"easy\"\nsolution_files = [\"" + files.answer +
                "\"]\n\n[tests]\ncommand = \"" + files.command +
                "\"\nseconds = 60\n\n[provenance]\nsource = \"a test\"\nlicence = \"MIT\"\n");
        put(task / "instructions.md", files.instructions);
        put(task / "work" / files.answer, files.work);
        put(task / "tests" / files.test, files.tests);
        put(task / "solution" / files.answer, files.solution);
    }

    Result<std::vector<Variant>> vary(std::uint64_t seed = 1) {
        put(ground_.path() / "from/suite.toml", "name = \"small\"\ntitle = \"Small\"\n");
        VaryRequest request{.variations = {CodeVariation::kRedrawn}, .first_seed = seed};
        request.proof = {.runs = 1, .workers = 2};
        request.tasks = TRY(load_suite(ground_.path() / "from")).tasks;
        request.into = into_;
        const auto sandbox = TRY(open_grading_sandbox(ground_.path() / "scratch"));
        return vary_tasks(request, {.sandbox = &sandbox, .scratch = ground_.path() / "scratch"}, {}, {});
    }

    // A file of the one variant.
    std::string text(const std::string& path) const {
        return *os::read_file(into_ / "task~redrawn-1" / path);
    }

    Ground ground_;
    fs::path into_ = ground_.path() / "varied";
};

bool changed(const Variant& variant, std::string_view before, bool specification) {
    return std::ranges::any_of(variant.constants, [&](const ChangedConstant& each) {
        return each.before == before && each.after != before && each.specification == specification;
    });
}

TEST_F(Redraw, ThresholdsOfTestsAndWordsOfTheSpecificationChangeEverywhere) {
    add("task", kTide);
    const auto variants = vary();
    ASSERT_TRUE(variants) << variants.error().message();
    const auto& variant = variants->front();
    ASSERT_TRUE(variant.proven) << variant.reason;
    EXPECT_TRUE(changed(variant, "alarm", true));
    EXPECT_TRUE(changed(variant, "quiet", true));
    EXPECT_TRUE(changed(variant, "400", false));
    for (const auto* path : {"tests/test_tide.py", "solution/tide.py", "work/tide.py", "instructions.md"}) {
        EXPECT_THAT(text(path), Not(HasSubstr("alarm"))) << path;
        EXPECT_THAT(text(path), Not(HasSubstr("quiet"))) << path;
        EXPECT_THAT(text(path), Not(HasSubstr("400"))) << path;
    }
    EXPECT_THAT(text("tests/test_tide.py"), Not(HasSubstr("hearth")));
}

TEST_F(Redraw, ExpectedValuesAreWhatTheSolutionComputes) {
    Files area = kTide;
    area.instructions = "Fix `feed(wide, long)`: it gives the area.\n\nExample: `feed(40, 50)` is 2000.\n";
    area.work = "def feed(wide, long):\n    return wide + long\n";
    area.solution = "def feed(wide, long):\n    return wide * long\n";
    area.tests =
        "import unittest\nfrom tide import feed\n\n\nclass Tide(unittest.TestCase):\n"
        "    def test_area(self):\n        self.assertEqual(feed(40, 50), 2000)\n"
        "        self.assertEqual([feed(3, 50), \"m\"], [150, \"m\"])\n";
    add("task", area);
    const auto variants = vary();
    ASSERT_TRUE(variants) << variants.error().message();
    const auto& variant = variants->front();
    ASSERT_TRUE(variant.proven) << variant.reason;
    ASSERT_TRUE(changed(variant, "40", false));
    const auto wide = std::ranges::find(variant.constants, "40", &ChangedConstant::before)->after;
    const auto found = std::ranges::find(variant.constants, "50", &ChangedConstant::before);
    const auto tall = found == variant.constants.end() ? "50" : found->after;
    const auto product = std::to_string(std::stoi(wide) * std::stoi(tall));
    EXPECT_THAT(text("tests/test_tide.py"), HasSubstr("feed(" + wide + ", " + tall + "), " + product + ")"));
    EXPECT_THAT(text("instructions.md"), HasSubstr("`feed(" + wide + ", " + tall + ")` is " + product + "."));
    EXPECT_EQ(text("solution/tide.py"), area.solution);
}

TEST_F(Redraw, ConstantsWithWhichTheTestsCannotPassAreTakenBack) {
    Files fixed = kTide;
    // What the test says of 777 is computed where no constant stands.
    fixed.tests +=
        "\n    def test_sum(self):\n        self.assertTrue(sum(map(int, \"777\")) == len(\"x\" * 21))\n";
    add("task", fixed);
    const auto variants = vary();
    ASSERT_TRUE(variants) << variants.error().message();
    ASSERT_TRUE(variants->front().proven) << variants->front().reason;
    EXPECT_THAT(text("tests/test_tide.py"), HasSubstr("\"777\""));
    EXPECT_TRUE(changed(variants->front(), "400", false));
}

TEST_F(Redraw, CAndCppAndJavaScriptAreRecordedToo) {
    const std::string instructions = "Fix `area(wide, tall)`: it gives the area.\n";
    add("c",
        {.language = "c",
         .command = "gcc -std=c11 -Wall -o run checks.c area.c && ./run",
         .answer = "area.c",
         .test = "checks.c",
         .instructions = instructions,
         .work = "int area(int wide, int tall)\n{\n    return wide + tall;\n}\n",
         .tests = "#include <stdio.h>\nint area(int wide, int tall);\nstatic int failed;\n"
                  "static void same(const char *what, long long got, long long wanted)\n{\n    if (got != "
                  "wanted) {\n"
                  "        failed = 1;\n        printf(\"FAIL %s\\n\", what);\n    }\n}\n"
                  "int main(void)\n{\n    same(\"the area\", area(40, 50), 2000);\n    return failed;\n}\n",
         .solution = "int area(int wide, int tall)\n{\n    return wide * tall;\n}\n"});
    add("cpp",
        {.language = "cpp",
         .command = "g++ -std=c++17 -Wall -o run checks.cpp area.cpp && ./run",
         .answer = "area.cpp",
         .test = "checks.cpp",
         .instructions = instructions,
         .work = "#include <vector>\nstd::vector<int> area(int wide, int tall) { return {wide, tall}; }\n",
         .tests =
             "#include <vector>\nstd::vector<int> area(int wide, int tall);\nint failed = 0;\n"
             "void same(const std::vector<int>& got, const std::vector<int>& wanted) {\n"
             "    if (got != wanted) failed = 1;\n}\n"
             "int main() {\n    same(area(40, 50), std::vector<int>{40, 2000});\n    return failed;\n}\n",
         .solution = "#include <vector>\nstd::vector<int> area(int wide, int tall) { return {wide, wide * "
                     "tall}; }\n"});
    add("js",
        {.language = "javascript",
         .command = "node --test",
         .answer = "area.js",
         .test = "area.test.js",
         .instructions = instructions,
         .work = "'use strict';\nmodule.exports = { area: (wide, tall) => ({ wide, size: wide + tall }) };\n",
         .tests = "'use strict';\nconst test = require('node:test');\nconst assert = "
                  "require('node:assert/strict');\n"
                  "const { area } = require('./area.js');\n\n"
                  "test('the area', () => assert.deepEqual(area(40, 50), { wide: 40, size: 2000 }));\n",
         .solution =
             "'use strict';\nmodule.exports = { area: (wide, tall) => ({ wide, size: wide * tall }) };\n"});
    const auto variants = vary();
    ASSERT_TRUE(variants) << variants.error().message();
    ASSERT_EQ(variants->size(), 3U);
    for (const auto& variant : *variants) {
        EXPECT_TRUE(variant.proven) << variant.id.original << ": " << variant.reason;
        EXPECT_TRUE(changed(variant, "40", false)) << variant.id.original;
        const auto folder = into_ / variant_name(variant.id) / "tests";
        for (const auto& file : fs::directory_iterator(folder)) {
            const auto tests = *os::read_file(file.path());
            EXPECT_THAT(tests, Not(HasSubstr("2000"))) << file.path();
            EXPECT_THAT(tests, Not(HasSubstr("hearth"))) << file.path();
        }
    }
}

TEST_F(Redraw, TestsThatCompareNothingAreAReason) {
    Files silent = kTide;
    silent.tests = "import tide\n\nassert tide.feed.__name__\n";
    silent.command = "python3 test_tide.py";
    add("task", silent);
    const auto variants = vary();
    ASSERT_TRUE(variants) << variants.error().message();
    EXPECT_FALSE(variants->front().proven);
    EXPECT_THAT(variants->front().reason, HasSubstr("compare nothing that they compute with a constant"));
    EXPECT_FALSE(fs::exists(into_));
}

TEST_F(Redraw, TheSameSeedGivesTheSameVariant) {
    add("task", kTide);
    ASSERT_TRUE(vary());
    const auto first = text("tests/test_tide.py");
    fs::remove_all(into_);
    ASSERT_TRUE(vary());
    EXPECT_EQ(text("tests/test_tide.py"), first);
}

}  // namespace
}  // namespace hearth::eval
