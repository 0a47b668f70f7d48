// What checkers print is what they printed here, with other paths: Python 3.11, Node.js 20, bash 5.2, dash 0.5.12, gofmt,
// rustfmt 1.9, GCC 12.
#include "scaffold/syntax_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

using testing::HasSubstr;
using testing::Not;

using Kind = SourceKind;

SyntaxFault fault(Kind kind, std::string_view output) {
    return fault_in_output(kind, output).value_or(SyntaxFault{0, "none"});
}

SyntaxFault fault_here(Kind kind, std::string_view text) {
    return fault_read_here(kind, text).value_or(SyntaxFault{0, "none"});
}

const SyntaxFault kNone{0, "none"};

TEST(SyntaxCheck, AFileIsKnownByItsEnding) {
    const std::vector<std::pair<std::string, Kind>> cases = {{"src/a.py", Kind::kPython},
                                                             {"a.PY", Kind::kPython},
                                                             {"a.js", Kind::kScriptOrModule},
                                                             {"a.cjs", Kind::kScript},
                                                             {"a.test.mjs", Kind::kModule},
                                                             {"run.sh", Kind::kBash},
                                                             {"a.go", Kind::kGo},
                                                             {"a.rs", Kind::kRust},
                                                             {"a.c", Kind::kC},
                                                             {"a.h", Kind::kCpp},
                                                             {"Cargo.toml", Kind::kToml},
                                                             {"a.ts", Kind::kOther},
                                                             {"a.jsx", Kind::kOther},
                                                             {"a.pl", Kind::kOther},
                                                             {"Makefile", Kind::kOther},
                                                             {".py", Kind::kOther},
                                                             {"a.py/b", Kind::kOther},
                                                             {"", Kind::kOther},
                                                             {"x/.hidden.py", Kind::kPython}};
    for (const auto& [path, kind] : cases)
        EXPECT_EQ(source_kind(path, ""), kind) << path;
}

TEST(SyntaxCheck, AFileWithoutAnEndingIsKnownByItsFirstLine) {
    EXPECT_EQ(source_kind("bin/run", "#!/usr/bin/env python3\n"), Kind::kPython);
    EXPECT_EQ(source_kind("run", "#! /bin/sh -e\n"), Kind::kShell);
    EXPECT_EQ(source_kind("run", "#!/usr/bin/env -S node --no-warnings\r\n"), Kind::kScriptOrModule);
    EXPECT_EQ(source_kind("run", "#!/usr/bin/perl\n"), Kind::kOther);
    EXPECT_EQ(source_kind("run", "#!"), Kind::kOther);
    EXPECT_EQ(source_kind("run", "\n#!/bin/sh\n"), Kind::kOther);
}

TEST(SyntaxCheck, AShellScriptIsReadByTheShellThatItNames) {
    EXPECT_EQ(source_kind("a.sh", "#!/bin/sh\na=(1)\n"), Kind::kShell);
    EXPECT_EQ(source_kind("a.sh", "#!/usr/bin/env bash\n"), Kind::kBash);
    EXPECT_EQ(source_kind("a.sh", "#!/bin/zsh\n"), Kind::kOther);
}

TEST(SyntaxCheck, JsonWithCommentsIsItsOwnKind) {
    EXPECT_EQ(source_kind("tsconfig.json", "{\n// a\n\"b\": 1,\n}"), Kind::kJsonByHand);
    EXPECT_EQ(source_kind("a.json", "{\"b\": 1}"), Kind::kJson);
    EXPECT_EQ(source_kind("a.json", "{\"b\": }"), Kind::kJson);
}

TEST(SyntaxCheck, JsonIsReadHere) {
    EXPECT_EQ(fault_here(Kind::kJson, "\xEF\xBB\xBF{\"a\": [1, 2]}\r\n"), kNone);
    const auto broken = fault_here(Kind::kJson, "{\n  \"a\": 1\n  \"b\": 2\n}\n");
    EXPECT_EQ(broken.line, 3U);
    EXPECT_FALSE(broken.message.empty());
    EXPECT_NE(fault_here(Kind::kJson, "{\"a\": 1} // no"), kNone);
    EXPECT_EQ(fault_here(Kind::kJsonByHand, "{/* yes */ \"a\": 1, }"), kNone);
    EXPECT_NE(fault_here(Kind::kJson, ""), kNone);
}

TEST(SyntaxCheck, TomlIsReadHere) {
    EXPECT_EQ(fault_here(Kind::kToml, "[a]\nb = 1\n"), kNone);
    const auto broken = fault_here(Kind::kToml, "[a]\nb = 1\nc = @\n");
    EXPECT_EQ(broken.line, 3U);
    EXPECT_FALSE(broken.message.empty());
    EXPECT_NE(fault_here(Kind::kToml, "[[ }"), kNone);
}

TEST(SyntaxCheck, ReadsPython) {
    EXPECT_EQ(fault(Kind::kPython, "check.py:3: '(' was never closed\n"),
              (SyntaxFault{3, "'(' was never closed"}));
    EXPECT_EQ(fault(Kind::kPython,
                    "Traceback (most recent call last):\n  File \"<string>\", line 3, in <module>\n"
                    "ValueError: source code string cannot contain null bytes\n"),
              kNone);
}

TEST(SyntaxCheck, ReadsNode) {
    EXPECT_EQ(fault(Kind::kModule,
                    "/tmp/w/check.mjs:2\nconst a = (1;\n            ^\n\n"
                    "SyntaxError: Unexpected token ';'\n    at checkSyntax (node:internal:74:5)\n"),
              (SyntaxFault{2, "Unexpected token ';'"}));
    EXPECT_EQ(fault(Kind::kScript,
                    "(node:17178) Warning: To load an ES module, use the .mjs extension.\n"
                    "/tmp/w/check.cjs:1\nimport x from \"y\";\n^^^^^^\n\n"
                    "SyntaxError: Cannot use import statement outside a module\n"),
              (SyntaxFault{1, "Cannot use import statement outside a module"}));
    EXPECT_EQ(fault(Kind::kScript,
                    "node:internal/modules/cjs/loader:1210\n  throw err;\n  ^\n\n"
                    "Error: Cannot find module '/tmp/w/check.cjs'\n"),
              kNone);
}

TEST(SyntaxCheck, ElementsInJavaScriptAreNoFault) {
    constexpr std::string_view kSaid =
        "/w/check.mjs:3\n  return <b>x</b>;\n         ^\n\nSyntaxError: Unexpected token '<'\n";
    EXPECT_EQ(fault(Kind::kScriptOrModule, kSaid), kNone);
    EXPECT_EQ(fault(Kind::kModule, kSaid).line, 3U);
}

TEST(SyntaxCheck, ReadsShells) {
    EXPECT_EQ(fault(Kind::kBash,
                    "check.sh: line 2: syntax error near unexpected token `)'\n"
                    "check.sh: line 2: ` echo )'\n"),
              (SyntaxFault{2, "syntax error near unexpected token `)'"}));
    EXPECT_EQ(fault(Kind::kShell, "check.sh: 3: Syntax error: Unterminated quoted string\n"),
              (SyntaxFault{3, "Unterminated quoted string"}));
    EXPECT_EQ(fault(Kind::kBash,
                    "check.sh: line 9: warning: here-document at line 2 delimited by end-of-file "
                    "(wanted `E')\ncheck.sh: line 10: syntax error: unexpected end of file\n"),
              (SyntaxFault{10, "unexpected end of file"}));
    EXPECT_EQ(fault(Kind::kBash, "sh: 1: bash: not found\n"), kNone);
}

TEST(SyntaxCheck, ReadsGoRubyAndPhp) {
    EXPECT_EQ(fault(Kind::kGo, "check.go:2:9: expected ')', found '{'\ncheck.go:3:1: missing ','\n"),
              (SyntaxFault{2, "expected ')', found '{'"}));
    EXPECT_EQ(fault(Kind::kRuby, "check.rb:4: syntax error, unexpected end-of-input\n"),
              (SyntaxFault{4, "unexpected end-of-input"}));
    EXPECT_EQ(
        fault(Kind::kPhp, "PHP Parse error:  syntax error, unexpected token \";\" in check.php on line 3\n"),
        (SyntaxFault{3, "unexpected token \";\""}));
    EXPECT_EQ(fault(Kind::kPhp, "PHP Fatal error:  Cannot redeclare f() in check.php on line 3\n"), kNone);
}

TEST(SyntaxCheck, ReadsRustfmtAndLeavesItsTasteOut) {
    EXPECT_EQ(fault(Kind::kRust,
                    "error: mismatched closing delimiter: `}`\n --> <stdin>:3:11\n  |\n"
                    "2 | fn main() {\n"),
              (SyntaxFault{3, "mismatched closing delimiter: `}`"}));
    EXPECT_EQ(
        fault(Kind::kRust, "error[internal]: left behind trailing whitespace\n --> <stdin>:3:3:5\n  |\n"),
        kNone);
    EXPECT_EQ(fault(Kind::kRust, "error: 'rustfmt' is not installed for the toolchain 'stable'\n"), kNone);
}

TEST(SyntaxCheck, OfACompilerOnlyTheFirstErrorCountsAndOnlyOneOfSyntax) {
    EXPECT_EQ(fault(Kind::kCpp,
                    "check.cpp: In function 'int f()':\n"
                    "check.cpp:1:19: error: expected ';' before '}' token\n"),
              (SyntaxFault{1, "expected ';' before '}' token"}));
    EXPECT_EQ(fault(Kind::kC, "check.c:5: error: unterminated #if\n"), (SyntaxFault{5, "unterminated #if"}));
    EXPECT_EQ(fault(Kind::kCpp,
                    "check.cpp:4:5: error: 'g' was not declared in this scope\n"
                    "check.cpp:9:1: error: expected '}' at end of input\n"),
              kNone);
    EXPECT_EQ(fault(Kind::kCpp, "check.cpp:1:10: fatal error: no.h: No such file or directory\n"), kNone);
    EXPECT_EQ(fault(Kind::kCpp,
                    "In file included from check.cpp:1:\n/w/a.h:3:1: error: expected ';' before "
                    "'}' token\ncheck.cpp:3:1: error: expected ';'\n"),
              kNone);
    EXPECT_EQ(fault(Kind::kCpp,
                    "check.cpp:3:5: error: expected constructor, destructor, or type conversion "
                    "before '(' token\n"),
              kNone);
    EXPECT_FALSE(is_sure(Kind::kC));
    EXPECT_TRUE(is_sure(Kind::kPython));
}

TEST(SyntaxCheck, TornAndHostileOutputIsNoFaultOrAShortOne) {
    for (const auto* text : {"", "check.py", "check.py:", "check.py:3", "check.py:3:", "check.py:3:  \n",
                             "check.py:99999999999999999999: x", "check.py:-1: x", "check.py:x: y", "\n\n"})
        EXPECT_EQ(fault(Kind::kPython, text), kNone) << text;
    EXPECT_EQ(fault(Kind::kPython, "check.py:0: x"), (SyntaxFault{1, "x"}));
    const auto odd = fault(Kind::kPython, "check.py:1: \x1b[2J\xff" + std::string(9000, 'a'));
    EXPECT_THAT(odd.message, Not(HasSubstr("\x1b")));
    EXPECT_TRUE(is_valid_utf8(odd.message));
    EXPECT_LE(odd.message.size(), 130U);
    EXPECT_EQ(fault(Kind::kScript, "check.cjs:\nSyntaxError: x\n"), kNone);
    EXPECT_EQ(fault(Kind::kScript, "check.cjs:1\nSyntaxError: "), kNone);
    EXPECT_EQ(fault(Kind::kPhp, " in check.php on line 3Parse error: x"), kNone);
    EXPECT_EQ(fault(Kind::kOther, "check.py:1: x"), kNone);
}

TEST(SyntaxCheck, JavaScriptIsFirstReadAsWhatItLooksLike) {
    EXPECT_THAT(check_command(Kind::kScriptOrModule, "import a from \"a\";\n"),
                HasSubstr("node --check check.mjs 2>/tmp/said || node --check check.cjs"));
    EXPECT_THAT(check_command(Kind::kScriptOrModule, "const a = 1;\n"),
                HasSubstr("node --check check.cjs 2>/tmp/said || node --check check.mjs"));
}

TEST(SyntaxCheck, TheLineStandsBetweenItsNeighbours) {
    EXPECT_EQ(cited_fault_words({2, "bad"}, "one\r\ntwo\r\nthree\r\nfour\r\n"),
              "line 2: bad\n    1 | one\n>   2 | two\n    3 | three");
    EXPECT_EQ(cited_fault_words({1, "bad"}, "one\n"), "line 1: bad\n>   1 | one");
    EXPECT_EQ(cited_fault_words({9, "end"}, "one\ntwo\nthree"), "line 9: end\n    2 | two\n    3 | three");
    EXPECT_EQ(cited_fault_words({1, "bad"}, ""), "line 1: bad");
    const auto longest = cited_fault_words(
        {2, std::string(120, 'm')}, std::string(500, 'a') + "\n" + std::string(500, 'b') + "\n\xff\x1b\n");
    EXPECT_LE(longest.size(), 400U);
    EXPECT_TRUE(is_valid_utf8(longest));
}

}  // namespace
}  // namespace hearth::scaffold
