#include "scaffold/stubs.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::scaffold {
namespace {

Unwritten first_of(const std::string& source, Syntax syntax) {
    const auto definitions = outline(source, syntax);
    return definitions.empty() ? Unwritten::kNo : unwritten(source, definitions.front(), syntax);
}

TEST(Stubs, ABodyThatDoesNothingIsEmpty) {
    for (const auto* source :
         {"def area(w, h):\n    pass\n", "def area(w, h): pass\n", "def area(w, h):\n    ...\n",
          "def area(w, h):\n    \"\"\"Square metres.\"\"\"\n",
          "def area(w, h):\n    \"\"\"Square metres.\"\"\"\n    return None\n",
          "def area(\n    w: int,\n    h: int,\n) -> int:\n    # by the numbers\n    pass\n",
          "class Area:\n    pass\n"})
        EXPECT_EQ(first_of(source, Syntax::kIndent), Unwritten::kEmpty) << source;
    for (const auto* source :
         {"int area(int w, int h) {\n}\n", "int area(int w, int h) {}\n",
          "function area(w, h) {\n  // here\n}\n",
          "export const area = (w, h) => {\n  throw new Error('Write this function');\n};\n",
          "func Area(w, h int) int {\n\tpanic(\"Write the function Area\")\n}\n",
          "pub fn area(w: u32, h: u32) -> u32 {\n    todo!(\"{w} times {h}\")\n}\n", "struct Area {\n};\n"})
        EXPECT_EQ(first_of(source, Syntax::kBraces), Unwritten::kEmpty) << source;
}

TEST(Stubs, OneAnswerToEveryQuestionIsEmpty) {
    for (const auto* source :
         {"int area(int w, int h) {\n    (void)w;\n    (void)h;\n    return -1;\n}\n",
          "std::string label(int w) {\n    return {};\n}\n", "function area(w, h) {\n  return null;\n}\n",
          "bool fits(int w) { return false; }\n"})
        EXPECT_EQ(first_of(source, Syntax::kBraces), Unwritten::kEmpty) << source;
    EXPECT_EQ(first_of("def label(w):\n    return ''\n", Syntax::kIndent), Unwritten::kEmpty);
    for (const auto* source : {"int version(void) {\n    return 3;\n}\n", "int version() { return 3; }\n",
                               "bool fits(int w) { return w < 3; }\n",
                               "std::string label(int w) { return \"a\" + std::string(\"b\"); }\n"})
        EXPECT_EQ(first_of(source, Syntax::kBraces), Unwritten::kNo) << source;
    EXPECT_EQ(first_of("def version(self):\n    return 3\n", Syntax::kIndent), Unwritten::kNo);
}

TEST(Stubs, WordsSaySo) {
    EXPECT_EQ(first_of("def area(w, h):\n    raise NotImplementedError\n", Syntax::kIndent),
              Unwritten::kSaysSo);
    EXPECT_EQ(first_of("int area(int w) {\n    return 0;  // TODO\n}\n", Syntax::kBraces),
              Unwritten::kSaysSo);
}

TEST(Stubs, WhatDoesSomethingIsWritten) {
    for (const auto* source :
         {"def area(w, h):\n    return w * h\n", "def area(w, h): return w * h\n",
          "class AreaError(Exception):\n    pass\n",
          "def area(w, h):\n    if w < 0:\n        raise ValueError\n    return w * h\n"})
        EXPECT_EQ(first_of(source, Syntax::kIndent), Unwritten::kNo) << source;
    EXPECT_EQ(first_of("int area(int w) {\n    return w;\n}\n", Syntax::kBraces), Unwritten::kNo);
    EXPECT_EQ(first_of("Area::Area(int w) : w_(w) {}\n", Syntax::kBraces), Unwritten::kNo);
    EXPECT_EQ(first_of("Area::~Area() {}\n", Syntax::kBraces), Unwritten::kNo);
}

TEST(Stubs, ANoteInALongerBodyIsAboutAPartOfIt) {
    std::string source = "def area(w, h):\n    # TODO: what of circles?\n";
    for (int i = 0; i < 9; ++i)
        source += "    w += 1\n";
    EXPECT_EQ(first_of(source, Syntax::kIndent), Unwritten::kNo);
}

TEST(Stubs, ASourceOfNothingButItsFrameIsBlank) {
    for (const auto* source :
         {"", "#pragma once\n\nnamespace shapes {\n\n// here\n\n}  // namespace shapes\n",
          "#include \"shapes.h\"\n\nnamespace shapes {\n}\n", "package shapes\n", "'use strict';\n"})
        EXPECT_TRUE(is_blank_source(source, Syntax::kBraces)) << source;
    EXPECT_TRUE(is_blank_source("# Shapes.\nimport math\n", Syntax::kIndent));
    EXPECT_FALSE(is_blank_source("LIMIT = 4\n", Syntax::kIndent));
    EXPECT_FALSE(is_blank_source("int area(int w);\n", Syntax::kBraces));
    EXPECT_FALSE(is_blank_source("", Syntax::kUnknown));
}

}  // namespace
}  // namespace hearth::scaffold
