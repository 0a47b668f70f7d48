#include "agent/edit_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "core/text.h"
#include "support/case_file.h"

namespace hearth::agent {
namespace {

using testing::HasSubstr;

// tests/data/agent/edit: "=== content", "=== old", "=== new", and "=== result" or "=== error" (a part of the message).
TEST(EditText, DoesWhatTheCasesSay) {
    for (const auto& each : test::cases_in("agent/edit")) {
        SCOPED_TRACE(each.name() + ": " + each.value("rule"));
        const auto edited = edit_text(each.section("content"), each.section("old"), each.section("new"));
        if (each.has("error")) {
            ASSERT_FALSE(edited) << *edited;
            EXPECT_EQ(code_name(edited.error().code()), each.value("code"));
            const auto part = each.section("error");
            EXPECT_THAT(edited.error().message(), HasSubstr(part.substr(0, part.size() - 1)));
        } else {
            ASSERT_TRUE(edited) << edited.error().message();
            EXPECT_EQ(*edited, each.section("result"));
        }
    }
}

TEST(EditText, CrlfFilesKeepTheirLineEnds) {
    for (const auto& each : test::cases_in("agent/edit")) {
        if (each.has("error")) continue;
        SCOPED_TRACE(each.name());
        const auto edited = edit_text(replace_all(each.section("content"), "\n", "\r\n"), each.section("old"),
                                      each.section("new"));
        ASSERT_TRUE(edited) << edited.error().message();
        EXPECT_EQ(*edited, replace_all(each.section("result"), "\n", "\r\n"));
    }
}

TEST(EditText, AFileWithBothLineEndsKeepsThoseOfTheOtherLines) {
    const auto edited = edit_text("a\r\nb\nc\r\n", "b\n", "B\n");
    ASSERT_TRUE(edited) << edited.error().message();
    EXPECT_EQ(*edited, "a\r\nB\nc\r\n");
}

TEST(EditText, AFileWithoutALastLineEndStaysSo) {
    const auto exact = edit_text("a = 1\nb = 2", "b = 2", "b = 3");
    ASSERT_TRUE(exact);
    EXPECT_EQ(*exact, "a = 1\nb = 3");
    const auto shifted = edit_text("a = 1\n  b = 2", "b = 2\n", "b = 3\n");
    ASSERT_TRUE(shifted);
    EXPECT_EQ(*shifted, "a = 1\n  b = 3");
}

TEST(EditText, PartOfALineCanBeReplaced) {
    const auto edited = edit_text("total = a - b\n", "a - b", "a + b");
    ASSERT_TRUE(edited);
    EXPECT_EQ(*edited, "total = a + b\n");
}

TEST(EditText, TheNearestLinesStayShortAndReadable) {
    const std::string content = std::string(100'000, 'x') + "\xff\n" + std::string(100'000, 'y') + "\n";
    const auto edited = edit_text(content, std::string(90'000, 'y') + "z\n", "a\n");
    ASSERT_FALSE(edited);
    EXPECT_EQ(edited.error().code(), Code::kNotFound);
    EXPECT_LT(edited.error().message().size(), 2'000U);
    EXPECT_TRUE(is_valid_utf8(edited.error().message()));
}

}  // namespace
}  // namespace hearth::agent
