#include "scaffold/rewrite_prompt.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;
using testing::HasSubstr;
using testing::Not;

std::string holed(const std::string& source, const std::string& name, const char* path = "a.py") {
    const auto syntax = syntax_of(path);
    const auto definitions = outline(source, syntax);
    const auto place = std::ranges::find(definitions, name, &Definition::name);
    if (place == definitions.end()) return "no such function";
    return without_body(source, *place, syntax).value_or("none");
}

TEST(WithoutBody, KeepsSignatureAndDocstring) {
    EXPECT_EQ(holed("import re\n\n\n"
                    "def one(a,\n"
                    "        b=2):  # why\n"
                    "    r\"\"\"Adds.\n"
                    "\n"
                    "    Twice.\n"
                    "    \"\"\"\n"
                    "    c = a\n"
                    "    return c + b\n"
                    "\n\n"
                    "def two():\n"
                    "    return 2\n",
                    "one"),
              "import re\n\n\n"
              "def one(a,\n"
              "        b=2):  # why\n"
              "    r\"\"\"Adds.\n"
              "\n"
              "    Twice.\n"
              "    \"\"\"\n"
              "    # write this\n"
              "\n\n"
              "def two():\n"
              "    return 2\n");
    EXPECT_EQ(holed("class A:\n    def f(self):\n        '''Short.'''\n        return 1\n", "A.f"),
              "class A:\n    def f(self):\n        '''Short.'''\n        # write this\n");
}

TEST(WithoutBody, KeepsTheBracesOfOtherLanguages) {
    EXPECT_EQ(holed("// Adds.\nint add(int a, int b) {\n    if (a) {\n        return b;\n    }\n    return a "
                    "+ b;\n}\n"
                    "int two() { return 2; }\n",
                    "add", "a.cpp"),
              "// Adds.\nint add(int a, int b) {\n    // write this\n}\nint two() { return 2; }\n");
    EXPECT_EQ(holed("class A {\n    int two() const { return 2; }\n};\n", "A::two", "a.h"),
              "class A {\n    int two() const {\n        // write this\n    }\n};\n");
    EXPECT_EQ(holed("function f(a = {}) {\n  return a;\n}\n", "f", "a.js"),
              "function f(a = {}) {\n    // write this\n}\n");
}

TEST(WithoutBody, IsNothingWhereTheBodyCannotBeTold) {
    const std::string braces =
        "class A {\npublic:\n    A(int n) : n_{n} { count(); }\n    void f() {}\nprivate:\n    int n_;\n};\n";
    EXPECT_EQ(holed(braces, "A", "a.h"), "none") << "a class";
    EXPECT_EQ(holed(braces, "A::A", "a.h"), "none") << "members are begun before the brace";
    EXPECT_EQ(holed(braces, "A::f", "a.h"), "none") << "empty";
    EXPECT_EQ(holed("def f(): return 1\n", "f"), "none");
    EXPECT_EQ(holed("def f():\n    \"\"\"Only words.\"\"\"\n", "f"), "none");
    std::string lengthy = "def f():\n";
    for (int i = 0; i < 61; ++i)
        lengthy += "    g()\n";
    EXPECT_EQ(holed(lengthy, "f"), "none");
}

TEST(RewritePrompt, ShowsTheTestsAndNothingOfTheOldBody) {
    const auto project =
        project_of({{"a.py", "def total(items):\n    \"\"\"The sum.\"\"\"\n    return wrong(items)\n"},
                    {"test_a.py", "def test_total():\n    assert total([1, 2]) == 3\n"}});
    Target target;
    target.file = "a.py";
    target.definition = "total";
    const auto text = rewrite_prompt(project, "total() is wrong", target, 6000);
    EXPECT_THAT(text, HasSubstr("total() is wrong"));
    EXPECT_THAT(text, HasSubstr("    \"\"\"The sum.\"\"\"\n    # write this\n"));
    EXPECT_THAT(text, HasSubstr("assert total([1, 2]) == 3"));
    EXPECT_THAT(text, HasSubstr("complete `total` in one python code block"));
    EXPECT_THAT(text, Not(HasSubstr("wrong(items)")));
    target.definition = "other";
    EXPECT_EQ(rewrite_prompt(project, "total() is wrong", target, 6000), "");
}

}  // namespace
}  // namespace hearth::scaffold
