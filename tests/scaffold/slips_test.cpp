#include "scaffold/slips.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::scaffold {
namespace {

TEST(Slips, AnAttributeThatHidesAMethodGetsAnotherName) {
    const std::string source =
        "class Meter:\n    def __init__(self):\n        self.minutes = 0\n\n"
        "    def insert(self, cents):\n        self.minutes += cents\n        self.minutes_left = 1\n\n"
        "    def minutes(self):\n        return self.minutes\n\n"
        "    def twice(self):\n        return self.minutes() * 2\n";
    const auto mended = mend_slips("meter.py", source, "TypeError: 'int' object is not callable\n");
    ASSERT_TRUE(mended);
    EXPECT_EQ(
        *mended,
        "class Meter:\n    def __init__(self):\n        self._minutes = 0\n\n"
        "    def insert(self, cents):\n        self._minutes += cents\n        self.minutes_left = 1\n\n"
        "    def minutes(self):\n        return self._minutes\n\n"
        "    def twice(self):\n        return self.minutes() * 2\n");
    EXPECT_FALSE(mend_slips("meter.py", source, "AssertionError: 1 != 2\n"));
    EXPECT_FALSE(mend_slips("meter.py", *mended, "TypeError: 'int' object is not callable\n"));
}

TEST(Slips, ThatOfJavaScriptToo) {
    const auto mended = mend_slips("stack.js",
                                   "class Stack {\n  constructor() {\n    this.size = 0;\n  }\n  size() {\n"
                                   "    return this.size;\n  }\n}\n",
                                   "TypeError: stack.size is not a function\n");
    ASSERT_TRUE(mended);
    EXPECT_NE(mended->find("this._size = 0;"), std::string::npos);
    EXPECT_NE(mended->find("return this._size;"), std::string::npos);
    EXPECT_NE(mended->find("  size() {"), std::string::npos);
}

TEST(Slips, AnImportThatWasForgottenIsAdded) {
    EXPECT_EQ(mend_slips("a.py", "\"\"\"Areas.\"\"\"\n\ndef area(r):\n    return math.pi * r\n",
                         "NameError: name 'math' is not defined. Did you forget to import 'math'?\n"),
              "\"\"\"Areas.\"\"\"\n\nimport math\ndef area(r):\n    return math.pi * r\n");
    EXPECT_EQ(mend_slips("a.py", "q = deque()\n", "NameError: name 'deque' is not defined\n"),
              "from collections import deque\nq = deque()\n");
    EXPECT_FALSE(mend_slips("a.py", "q = dequeue()\n", "NameError: name 'dequeue' is not defined\n"));
}

TEST(Slips, AHeaderThatTheCompilerAsksForIsIncluded) {
    const std::string gcc =
        "a.cpp:3:5: error: \xE2\x80\x98sort\xE2\x80\x99 is not a member of \xE2\x80\x98std\xE2\x80\x99\n"
        "a.cpp:2:1: note: \xE2\x80\x98std::sort\xE2\x80\x99 is defined in header "
        "\xE2\x80\x98<algorithm>\xE2\x80\x99; did you forget to "
        "\xE2\x80\x98#include <algorithm>\xE2\x80\x99?\n";
    EXPECT_EQ(mend_slips("a.cpp", "#pragma once\n#include <vector>\nvoid f();\n", gcc),
              "#pragma once\n#include <algorithm>\n#include <vector>\nvoid f();\n");
    EXPECT_EQ(
        mend_slips("a.c", "int f(void);\n",
                   "a.c:1:1: note: include \xE2\x80\x98<string.h>\xE2\x80\x99 or provide a declaration of "
                   "\xE2\x80\x98memset\xE2\x80\x99\n"),
        "#include <string.h>\nint f(void);\n");
    EXPECT_FALSE(mend_slips("a.cpp", "#include <algorithm>\n", gcc));
    EXPECT_EQ(mend_slips("a.h", "#pragma once\n\nvoid f();\n", gcc),
              "#pragma once\n#include <algorithm>\n\nvoid f();\n");
    EXPECT_EQ(mend_slips("a.h", "#ifndef A_H\n#define A_H\nvoid f();\n#endif\n", gcc),
              "#ifndef A_H\n#define A_H\n#include <algorithm>\nvoid f();\n#endif\n");
}

TEST(Slips, ImportsOfGoAreAddedAndRemoved) {
    EXPECT_EQ(mend_slips("a.go",
                         "package a\n\nimport \"fmt\"\n\nfunc F() string { return strings.ToUpper(\"a\") }\n",
                         "./a.go:3:8: \"fmt\" imported and not used\n./a.go:5:28: undefined: strings\n"),
              "package a\n\nimport \"strings\"\n\n\nfunc F() string { return strings.ToUpper(\"a\") }\n");
}

TEST(Slips, OtherFilesAreLeftAlone) {
    EXPECT_FALSE(mend_slips("a.rb", "x", "name 'math' is not defined"));
    EXPECT_FALSE(mend_slips("a.py", "", ""));
}

}  // namespace
}  // namespace hearth::scaffold
