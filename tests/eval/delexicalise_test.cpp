#include "eval/delexicalise.h"

#include <gtest/gtest.h>

#include "eval/detail/nonsense.h"

namespace hearth::eval {
namespace {

CodeTask python_task() {
    return {
        .language = "python",
        .instructions =
            "# Meter readings\nFix `consumption(readings, digits)` in `meter.py`; the readings are ints. "
            "It raises `ValueError(\"reading fell on <day>\")`. See meter_total.\n",
        .test_command = "python3 -m unittest -q test_meter.py",
        .solution_files = {"meter.py"},
        .work = {{"meter.py",
                  "import math\n\n\ndef consumption(readings, digits):\n    raise NotImplementedError\n"}},
        .tests = {{"test_meter.py",
                   "import unittest\nfrom meter import consumption\n\n\nclass Meter(unittest.TestCase):\n"
                   "    def test_roll_over(self):\n        self.assertEqual(consumption([(\"mon\", 1)], "
                   "digits=3), [])\n"}},
        .solution = {
            {"meter.py",
             "import math\n\n\ndef consumption(readings, digits):\n    \"\"\"Units of `readings`.\"\"\"\n"
             "    meter_total = math.floor(10**digits)  # limit of meter_total\n"
             "    used = [value for day, value in readings if value]\n    "
             "used.append(f\"{meter_total:>{digits}} digits\")\n"
             "    return used\n"}}};
}

TEST(Delexicalise, RenamesTheTasksOwnNamesEverywhere) {
    const auto result = delexicalise(python_task(), 3).value();
    const auto& names = result.names;
    for (const auto* name :
         {"consumption", "readings", "digits", "meter", "Meter", "meter_total", "used", "test_meter"})
        EXPECT_TRUE(names.contains(name)) << name;
    const auto& module = names.at("meter");
    EXPECT_EQ(result.task.work[0].path, module + ".py");
    EXPECT_EQ(result.task.tests[0].path, "test_" + module + ".py");
    EXPECT_EQ(result.task.solution_files, std::vector<std::string>{module + ".py"});
    EXPECT_EQ(result.task.test_command, "python3 -m unittest -q test_" + module + ".py");
    EXPECT_TRUE(
        result.task.tests[0].content.contains("from " + module + " import " + names.at("consumption")));
    EXPECT_TRUE(result.task.tests[0].content.contains(names.at("digits") + "=3"));
    EXPECT_TRUE(
        result.task.solution[0].content.contains("f\"{" + names.at("meter_total") + ":>{digits}} digits\"") ||
        result.task.solution[0].content.contains("{" + names.at("digits") + "}} digits"));
}

TEST(Delexicalise, KeepsTheLibraryStringsAndProse) {
    const auto result = delexicalise(python_task(), 3).value();
    const auto& solution = result.task.solution[0].content;
    EXPECT_TRUE(solution.contains("math.floor(10**"));
    EXPECT_TRUE(solution.contains(".append("));
    EXPECT_TRUE(result.task.tests[0].content.contains("unittest.TestCase"));
    EXPECT_TRUE(result.task.tests[0].content.contains("self.assertEqual"));
    EXPECT_TRUE(result.task.tests[0].content.contains("def test_"));
    EXPECT_TRUE(result.task.instructions.contains("\"reading fell on <day>\""));
    EXPECT_TRUE(result.task.instructions.contains("the readings are ints"));
    EXPECT_FALSE(result.task.instructions.contains("meter_total"));
    EXPECT_FALSE(result.task.instructions.contains("consumption"));
}

TEST(Delexicalise, TheSameSeedGivesTheSameNames) {
    EXPECT_EQ(delexicalise(python_task(), 3).value().names, delexicalise(python_task(), 3).value().names);
    EXPECT_NE(delexicalise(python_task(), 3).value().names, delexicalise(python_task(), 4).value().names);
}

TEST(Delexicalise, ANameThatAStringConsistsOfStays) {
    auto task = python_task();
    task.tests[0].content += "\nCHECK = getattr(__import__('meter'), 'consumption')\n";
    const auto result = delexicalise(task, 3).value();
    EXPECT_FALSE(result.names.contains("consumption"));
    EXPECT_FALSE(result.names.contains("meter"));
    EXPECT_EQ(result.task.work[0].path, "meter.py");
}

TEST(Delexicalise, ANameThatOnlyProseTellsStays) {
    auto task = python_task();
    task.instructions =
        "Write the function consumption in `meter.py`; digits(2) gives the width of the dial(s).";
    task.work = {{"notes.py", "dial = 1\n"}};
    const auto result = delexicalise(task, 3).value();
    EXPECT_FALSE(result.names.contains("consumption"));
    EXPECT_TRUE(result.task.tests[0].content.contains("import consumption"));
    EXPECT_TRUE(result.task.instructions.contains("function consumption in"));
    EXPECT_TRUE(result.task.instructions.contains("dial(s)"));
    EXPECT_TRUE(result.names.contains("dial"));
}

TEST(Delexicalise, APlaceholderInTheInstructionsStays) {
    auto task = python_task();
    task.instructions = "`consumption(readings, digits)` in `meter.py`; a line is `day used`.";
    const auto result = delexicalise(task, 3).value();
    EXPECT_TRUE(result.names.contains("used"));
    EXPECT_EQ(result.task.instructions, "`" + result.names.at("consumption") + "(" +
                                            result.names.at("readings") + ", " + result.names.at("digits") +
                                            ")` in `" + result.names.at("meter") +
                                            ".py`; a line is `day used`.");
}

TEST(Delexicalise, ACallInProseIsAName) {
    auto task = python_task();
    task.instructions = "Fix consumption(readings).";
    const auto result = delexicalise(task, 3).value();
    EXPECT_TRUE(result.task.instructions.contains(result.names.at("consumption") + "("));
}

TEST(Delexicalise, CppIncludesFollowTheirFiles) {
    const CodeTask task{
        .language = "cpp",
        .instructions = "`smooth(values, width)` in `smooth.cpp`",
        .test_command = "g++ -o run checks.cpp smooth.cpp && ./run",
        .solution_files = {"smooth.cpp"},
        .work = {{"smooth.h",
                  "#pragma once\n#include <vector>\nstd::vector<int> smooth(const std::vector<int>& values, "
                  "int width);\n"}},
        .tests = {{"checks.cpp",
                   "#include \"smooth.h\"\nint main() { return smooth({1}, 2).size() == 1 ? 0 : 1; }\n"}},
        .solution = {
            {"smooth.cpp",
             "#include \"smooth.h\"\nstd::vector<int> smooth(const std::vector<int>& values, int width) "
             "{\n    std::vector<int> result;\n    for (auto& [first_part, rest] : pairs) "
             "result.push_back(width);\n"
             "    return result;\n}\n"}}};
    const auto result = delexicalise(task, 1).value();
    const auto& name = result.names.at("smooth");
    EXPECT_EQ(result.task.work[0].path, name + ".h");
    EXPECT_TRUE(result.task.tests[0].content.starts_with("#include \"" + name + ".h\""));
    EXPECT_TRUE(result.task.tests[0].content.contains("return " + name + "({1}, 2).size()"));
    EXPECT_EQ(result.task.test_command,
              "g++ -o run " + result.names.at("checks") + ".cpp " + name + ".cpp && ./run");
    for (const auto* word : {"vector", "push_back", "size", "main", "std"})
        EXPECT_FALSE(result.names.contains(word)) << word;
    for (const auto* word : {"values", "width", "result", "first_part"})
        EXPECT_TRUE(result.names.contains(word)) << word;
}

TEST(Delexicalise, JavaScriptModulesFollowTheirFiles) {
    const CodeTask task{
        .language = "javascript",
        .instructions = "Fix `ledger.js`.",
        .test_command = "node --test",
        .solution_files = {"ledger.js"},
        .work = {{"ledger.js", "function balance(entries) { return 0; }\nmodule.exports = { balance };\n"}},
        .tests = {{"ledger.test.js",
                   "const { test } = require('node:test');\nconst assert = require('node:assert');\n"
                   "const { balance } = require('./ledger');\nconst other = require('./ledger.js');\nconst "
                   "path = `${__dirname}/ledger.js`;\n"
                   "test('sum', () => assert.equal(`${balance([1])} in all`, '1 in all'));\n"}},
        .solution = {{"ledger.js",
                      "function balance(entries) { return entries.reduce((sum, entry) => sum + entry, 0); }\n"
                      "module.exports = { balance };\n"}}};
    const auto result = delexicalise(task, 1).value();
    const auto& module = result.names.at("ledger");
    const auto& tests = result.task.tests[0];
    EXPECT_EQ(tests.path, module + ".test.js");
    EXPECT_TRUE(tests.content.contains("require('./" + module + "')"));
    EXPECT_TRUE(tests.content.contains("require('./" + module + ".js')"));
    EXPECT_TRUE(tests.content.contains("`${" + result.names.at("balance") + "([1])} in all`"));
    EXPECT_TRUE(tests.content.contains("`${__dirname}/" + module + ".js`"));
    EXPECT_TRUE(tests.content.contains("assert.equal("));
    EXPECT_TRUE(tests.content.contains("const { test } = require('node:test')"));
}

TEST(Delexicalise, SaysWhatItCannotDo) {
    EXPECT_EQ(delexicalise({.language = "rust"}, 1).error().code(), Code::kUnsupported);
    EXPECT_EQ(delexicalise({.language = "python"}, 1).error().code(), Code::kInvalidInput);
}

TEST(Nonsense, KeepsTheFormOfAName) {
    EXPECT_EQ(detail::identifier_words("read_meterValue2"),
              (std::vector<std::string>{"read", "_", "meter", "Value", "2"}));
    EXPECT_EQ(detail::identifier_words("HTTPServer"), (std::vector<std::string>{"HTTP", "Server"}));
    const auto names =
        detail::nonsense_names({"meter", "Meter", "METER", "_meter2", "x", "test_meter"}, {}, {"test"}, 1);
    const auto& word = names.at("meter");
    EXPECT_EQ(names.at("_meter2"), "_" + word + "2");
    EXPECT_EQ(names.at("test_meter"), "test_" + word);
    EXPECT_EQ(names.at("Meter").substr(1), word.substr(1));
    EXPECT_EQ(names.at("METER").size(), word.size());
    EXPECT_FALSE(names.contains("x"));
}

}  // namespace
}  // namespace hearth::eval
