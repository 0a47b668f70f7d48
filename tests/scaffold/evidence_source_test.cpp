#include "scaffold/evidence_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "agent/session.h"
#include "scaffold/evidence.h"

namespace hearth::scaffold {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

TEST(FindQuote, TheVeryBytesOrAllButWhiteSpace) {
    const std::string text = "def f(x):\n\treturn  x  +\r\n\t\t1\n";
    EXPECT_EQ(find_quote(text, "f(x)"), "f(x)");
    EXPECT_EQ(find_quote(text, "x"), "x");
    EXPECT_EQ(find_quote(text, "f(x): return x + 1"), "f(x):\n\treturn  x  +\r\n\t\t1");
    EXPECT_EQ(find_quote(text, "\n  return x +\n  1\n\n"), "return  x  +\r\n\t\t1");
    EXPECT_EQ(find_quote(text, "returnx"), std::nullopt);
    EXPECT_EQ(find_quote(text, "f (x)"), std::nullopt);
    EXPECT_EQ(find_quote(text, " \n"), std::nullopt);
    EXPECT_EQ(find_quote(text, ""), std::nullopt);
    EXPECT_EQ(find_quote("", "x"), std::nullopt);
}

TEST(FindQuote, AQuoteThatWhiteSpaceMakesTooLongIsSingleSpaced) {
    EXPECT_EQ(find_quote("a" + std::string(kMostSnippet, ' ') + "b", "a b"), "a b");
}

TEST(NearestLines, HaveMostOfTheWords) {
    const std::string text =
        "import math\n\ndef round_price(value):\n    return math.floor(value)\n\ndef total(values):\n";
    EXPECT_EQ(nearest_lines(text, "return math.ceil(value)"),
              "3: def round_price(value):\n4: return math.floor(value)\n");
    EXPECT_EQ(nearest_lines(text, "nothing alike"), "");
    EXPECT_EQ(nearest_lines(text, "{}"), "");
    EXPECT_THAT(nearest_lines("long " + std::string(9'000, 'x') + "\n", "long"), SizeIs(testing::Le(130)));
}

class FindSourceTest : public testing::Test {
protected:
    void call(const std::string& tool, const std::string& arguments, const std::string& said,
              bool with_result = true) {
        // Ids begin anew with each run.
        ASSERT_TRUE(
            session_.append({.role = chat::Role::kAssistant, .tool_calls = {{"call_1", tool, arguments}}}));
        if (!with_result) return;
        ASSERT_TRUE(session_.append({.role = chat::Role::kTool, .text = said, .tool_call_id = "call_1"}));
    }

    // "source|text", or what the model is told.
    std::string find(const std::string& source, const std::string& snippet) {
        const auto found =
            find_source(source, snippet, file_, shown_outputs(session_.entries(), session_.leaf()));
        return found ? found->source + "|" + found->text : found.error().message();
    }

    agent::Session session_ = agent::Session::in_memory("/w");
    SourceFile file_{.name = "a.py", .text = Error(Code::kNotFound, "no such file")};
};

TEST_F(FindSourceTest, AFileGoesFirst) {
    call("bash", R"({"command":"cat a.py"})", "A = 2\n");
    file_.text = std::string("A = 1\n");
    EXPECT_EQ(find("a.py", "A  = 1"), "a.py|A = 1");
    EXPECT_EQ(find("a.py", "A = 2"),
              "the snippet does not stand in a.py, so it is not kept: copy it word for word. The nearest "
              "lines there:\n1: A = 1\n");
}

TEST_F(FindSourceTest, AFileThatHasChangedSinceItWasRead) {
    call("read", R"({"path":"a.py"})", "A = 0\n");
    file_.text = std::string("A = 1\n");
    EXPECT_EQ(find("a.py", "A = 0"), "read: a.py|A = 0");
}

TEST_F(FindSourceTest, TheLatestOutputOfACommand) {
    call("bash", R"({"command":"make  test"})", "1 failed: test_a\n");
    call("bash", R"({"command":"make test","timeout":5})", "2 failed: test_b\n");
    EXPECT_EQ(find("make test", "failed"), "bash: make test|failed");
    EXPECT_EQ(find("make test", "test_b"), "bash: make test|test_b");
    EXPECT_EQ(find("bash: make test", "1 failed"), "bash: make test|1 failed");
    EXPECT_EQ(find("bash", "1 failed"), "bash: make test|1 failed");
    EXPECT_EQ(find("call_1", "2 failed"), "bash: make test|2 failed");
    EXPECT_THAT(
        find("make test", "3 failed: test_c"),
        AllOf(HasSubstr("does not stand in what 'bash: make test' said"), HasSubstr("1: 2 failed: test_b")));
}

TEST_F(FindSourceTest, ASourceThatIsNeitherFileNorCallIsSetRight) {
    call("bash", R"({"command":"make test"})", "1 failed\n");
    EXPECT_EQ(find("output of the tests", "1 failed"), "bash: make test|1 failed");
    EXPECT_EQ(find("output of the tests", "2 failed"),
              "there is no file 'output of the tests', and no call of that name has the snippet, so it is "
              "not kept. source is a path, or a call whose output it is, such as 'bash: make test'.");
}

TEST_F(FindSourceTest, WhatTheModelSaidItselfIsNoSource) {
    call("evidence_get", R"({"id":"e1"})", "e1, from a.py: my own words\nA = 1");
    call("bash", R"({"command":"my own words"})", "", false);
    ASSERT_TRUE(session_.append({.role = chat::Role::kAssistant, .text = "my own words"}));
    EXPECT_THAT(find("evidence_get", "my own words"), HasSubstr("there is no file"));
}

TEST_F(FindSourceTest, WhatAnotherBranchWasShownIsNoSource) {
    ASSERT_TRUE(session_.append({.text = "go"}));
    const auto root = session_.leaf();
    call("bash", R"({"command":"make test"})", "1 failed\n");
    ASSERT_TRUE(session_.branch_from(root));
    EXPECT_THAT(find("make test", "1 failed"), HasSubstr("not kept"));
}

TEST_F(FindSourceTest, WhyAFileIsNotReadIsSaid) {
    file_.text = Error(Code::kPermission, "the file 'a.py' may not be read without permission");
    EXPECT_THAT(find("a.py", "A"), testing::StartsWith("the file 'a.py' may not be read without permission"));
}

TEST_F(FindSourceTest, CallsOfAnyShapeAreSurvived) {
    call("bash", "not json", "one\n");
    call("bash", R"([1,2])", "two\n");
    call("bash", R"({"command":7,"n":null})", "three\n");
    EXPECT_EQ(find("bash", "one"), "bash|one");
    EXPECT_EQ(find("bash", "three"), "bash|three");
}

}  // namespace
}  // namespace hearth::scaffold
