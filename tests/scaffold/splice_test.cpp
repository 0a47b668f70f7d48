#include "scaffold/splice.h"

#include <gtest/gtest.h>
#include <string>

#include "support/case_file.h"

namespace hearth::scaffold {
namespace {

// tests/data/scaffold/splice: a file name, "=== file", "=== code", and "=== result" or "=== error" (a part of its message).
TEST(Splice, MakesWhatTheCasesSay) {
    for (const auto& each : test::cases_in("scaffold/splice")) {
        SCOPED_TRACE(each.name() + ": " + each.value("rule"));
        const auto result = splice(each.section("file"), each.section("code"), syntax_of(each.value("file")),
                                   each.value("wanted"));
        if (each.has("error")) {
            ASSERT_FALSE(result) << *result;
            EXPECT_EQ(result.error().code(), Code::kInvalidInput);
            EXPECT_NE(result.error().message().find(trim(each.section("error"))), std::string::npos)
                << result.error().message();
        } else {
            ASSERT_TRUE(result) << result.error().message();
            EXPECT_EQ(*result, each.section("result"));
        }
    }
}

// The same cases with a file that has carriage returns: so does its new content, whatever the answer has.
TEST(Splice, KeepsTheLineEndsOfACrlfFile) {
    for (const auto& each : test::cases_in("scaffold/splice")) {
        if (each.has("error") || trim(each.section("file")).empty()) continue;
        SCOPED_TRACE(each.name());
        const auto file = replace_all(each.section("file"), "\n", "\r\n");
        const auto syntax = syntax_of(each.value("file"));
        for (const auto& code : {each.section("code"), replace_all(each.section("code"), "\n", "\r\n")}) {
            const auto result = splice(file, code, syntax, each.value("wanted"));
            ASSERT_TRUE(result) << result.error().message();
            EXPECT_EQ(*result, replace_all(each.section("result"), "\n", "\r\n"));
        }
    }
}

TEST(Splice, SplicingAFileIntoItselfChangesNothing) {
    for (const auto& each : test::cases_in("scaffold/splice")) {
        const auto file = each.section("file");
        if (trim(file).empty()) continue;
        SCOPED_TRACE(each.name());
        const auto result = splice(file, file, syntax_of(each.value("file")));
        ASSERT_TRUE(result) << result.error().message();
        EXPECT_EQ(*result, file);
    }
}

TEST(Splice, RefusesEmptyCode) {
    const auto result = splice("int a() {\n    return 1;\n}\n", " \n", Syntax::kBraces);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message(), "the answer holds no code");
}

}  // namespace
}  // namespace hearth::scaffold
