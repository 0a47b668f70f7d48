#include "scaffold/source_outline.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

#include "support/case_file.h"

namespace hearth::scaffold {
namespace {

// "Ledger.add method 3-5": what it is, and its lines counted from 1.
std::string described(const std::vector<Definition>& definitions) {
    std::string out;
    for (const auto& each : definitions) {
        out += fmt::format("{} {}{} {}-{}\n", each.name, each.is_nested ? "nested " : "",
                           each.is_class ? "class" : "function", each.first_line + 1, each.end_line);
    }
    return out;
}

// tests/data/scaffold/outline: a file name, "=== source" and "=== definitions".
TEST(SourceOutline, FindsWhatTheCasesList) {
    for (const auto& each : test::cases_in("scaffold/outline")) {
        SCOPED_TRACE(each.name());
        EXPECT_EQ(described(outline(each.section("source"), syntax_of(each.value("file")))),
                  each.section("definitions"));
    }
}

TEST(SourceOutline, CarriageReturnsChangeNothing) {
    for (const auto& each : test::cases_in("scaffold/outline")) {
        SCOPED_TRACE(each.name());
        const auto crlf = replace_all(each.section("source"), "\n", "\r\n");
        EXPECT_EQ(described(outline(crlf, syntax_of(each.value("file")))), each.section("definitions"));
    }
}

TEST(SourceOutline, EndsAtTheLastLineWhenTheTextIsCutOff) {
    const std::string source = "int half(int x) {\n    return x\n";
    const auto found = outline(source, Syntax::kBraces);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].end_line, 2U);
}

TEST(SourceOutline, KnowsNothingOfOtherLanguages) {
    EXPECT_EQ(syntax_of("notes.md"), Syntax::kUnknown);
    EXPECT_EQ(syntax_of("Makefile"), Syntax::kUnknown);
    EXPECT_TRUE(outline("def f():\n    pass\n", Syntax::kUnknown).empty());
}

TEST(SourceOutline, NamesTheFenceTagByTheExtension) {
    EXPECT_EQ(fence_tag_of("src/a.py"), "python");
    EXPECT_EQ(fence_tag_of("src/a.hpp"), "cpp");
    EXPECT_EQ(fence_tag_of("Makefile"), "");
}

TEST(SourceOutline, ShortNameIsTheLastPart) {
    EXPECT_EQ(short_name("Wrapper::wrap"), "wrap");
    EXPECT_EQ(short_name("Outer.Inner.f"), "f");
    EXPECT_EQ(short_name("main"), "main");
}

}  // namespace
}  // namespace hearth::scaffold
