#include "scaffold/file_edits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using testing::HasSubstr;

constexpr const char* kCalc =
    "import os\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n";
constexpr const char* kText = "def shout(text):\n    return text\n\n\ndef name():\n    return 'x'\n";

Project sample() {
    auto project = test::project_of(
        {{"calc.py", kCalc},
         {"util/text.py", kText},
         {"test_calc.py", "from calc import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"},
         {"README.md", "# Calc\n"}});
    project.files.push_back({"huge.py", FileRole::kOther, ""});
    return project;
}

Target target(std::string file, std::string definition = {}) {
    Target target;
    target.file = std::move(file);
    target.definition = std::move(definition);
    return target;
}

constexpr const char* kFixedAdd =
    "import os\n\n\ndef add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n";

// The one edit of an answer.
FileEdit edit_of(const std::string& answer, const Target& where = target("calc.py")) {
    const auto edits = edits_from_answer(answer, sample(), where);
    EXPECT_TRUE(edits) << edits.error().message();
    if (!edits) return {};
    EXPECT_EQ(edits->size(), 1U);
    return edits->front();
}

std::string problem_of(const std::string& answer, const Target& where = target("calc.py")) {
    const auto edits = edits_from_answer(answer, sample(), where);
    EXPECT_FALSE(edits);
    if (edits) return {};
    EXPECT_EQ(edits.error().code(), Code::kInvalidInput);
    return edits.error().message();
}

TEST(FileEdits, ABareBlockIsForTheTarget) {
    const auto edit = edit_of("```python\ndef add(a, b):\n    return a + b\n```\n");
    EXPECT_EQ(edit.path, "calc.py");
    EXPECT_EQ(edit.content, kFixedAdd);
}

TEST(FileEdits, AnExplanationInFrontDoesNotMatter) {
    const auto edit = edit_of(
        "In `test_calc.py` the sum is wanted, so add must use +:\n\n```python\ndef add(a, b):\n    "
        "return a + b\n```\nRun `python3 -m pytest`:\n```bash\npython3 -m pytest\n```\n");
    EXPECT_EQ(edit.path, "calc.py");
    EXPECT_EQ(edit.content, kFixedAdd);
}

TEST(FileEdits, ABlockGoesToTheFileItNames) {
    const auto edit = edit_of("util/text.py\n```python\ndef shout(text):\n    return text.upper()\n```\n");
    EXPECT_EQ(edit.path, "util/text.py");
    EXPECT_THAT(edit.content, HasSubstr("text.upper()"));
    EXPECT_THAT(edit.content, HasSubstr("def name()"));
    EXPECT_EQ(edit_of("`text.py`:\n```python\ndef shout(text):\n    return 1\n```\n").path, "util/text.py");
}

TEST(FileEdits, ANameInAFirstCommentLineIsNoContent) {
    const auto edit = edit_of("```python\n# ./calc.py\ndef add(a, b):\n    return a + b\n```\n", target(""));
    EXPECT_EQ(edit.path, "calc.py");
    EXPECT_EQ(edit.content, kFixedAdd);
}

TEST(FileEdits, WithoutATargetDefinitionsTellTheFile) {
    EXPECT_EQ(edit_of("```python\ndef shout(text):\n    return text.upper()\n```\n", target("")).path,
              "util/text.py");
}

TEST(FileEdits, SeveralBlocksOfOneFileAddUp) {
    const auto edit = edit_of(
        "```python\ndef add(a, b):\n    return a + b\n```\nand\n```python\ndef sub(a, b):\n    return b - "
        "a\n```\n");
    EXPECT_THAT(edit.content, HasSubstr("a + b"));
    EXPECT_THAT(edit.content, HasSubstr("b - a"));
}

TEST(FileEdits, SeveralFilesInOneAnswer) {
    const auto edits = edits_from_answer(
        "calc.py\n```python\ndef add(a, b):\n    return a + b\n```\nutil/text.py\n```python\ndef "
        "shout(text):\n    return "
        "text.upper()\n```\n",
        sample(), target(""));
    ASSERT_TRUE(edits) << edits.error().message();
    ASSERT_EQ(edits->size(), 2U);
    EXPECT_EQ((*edits)[0].path, "calc.py");
    EXPECT_EQ((*edits)[1].path, "util/text.py");
}

TEST(FileEdits, TestsStayAsTheyAre) {
    EXPECT_THAT(problem_of("test_calc.py\n```python\ndef test_add():\n    assert True\n```\n", target("")),
                HasSubstr("test_calc.py is a test and stays as it is"));
    EXPECT_THAT(problem_of("test_more.py\n```python\ndef test_x():\n    assert True\n```\n", target("")),
                HasSubstr("tests stay as they are"));
}

TEST(FileEdits, ANewFileIsMadeWhenItIsNamed) {
    const auto edit = edit_of("shapes.py\n```python\ndef area(r):\n    return r\n```\n", target(""));
    EXPECT_EQ(edit.path, "shapes.py");
    EXPECT_EQ(edit.content, "def area(r):\n    return r\n");
    // Also beside a target, when it is named by itself and its code is not the target's.
    EXPECT_EQ(edit_of("shapes.py\n```python\ndef area(r):\n    return r\n```\n").path, "shapes.py");
}

TEST(FileEdits, NewFilesStayInTheWorkspaceAndInView) {
    for (const char* path : {"/etc/x.py", "../x.py", ".git/hooks/x.py", "a/../../x.py", "calc.py/x.py"}) {
        SCOPED_TRACE(path);
        EXPECT_THAT(
            problem_of(std::string(path) + "\n```python\ndef area(r):\n    return r\n```\n", target("")),
            HasSubstr("no new source file"));
    }
}

TEST(FileEdits, AFileTooLargeToBeShownIsNotReplacedByAPart) {
    EXPECT_THAT(problem_of("huge.py\n```python\ndef x():\n    return 1\n```\n", target("huge.py")),
                HasSubstr("too large to be edited"));
}

TEST(FileEdits, SaysWhatIsWrongWithAnAnswer) {
    EXPECT_EQ(problem_of("I think add is wrong."), "the answer holds no code block");
    EXPECT_EQ(problem_of("```python\ndef add(a, b):\n    return a - b\n```\n"), "the answer changes nothing");
    EXPECT_THAT(problem_of("```python\ndef other():\n    return 1\n```\n"),
                HasSubstr("no function or class of this file"));
    EXPECT_EQ(problem_of("```python\ndef other():\n    return 1\n```\n", target("")),
              "the answer does not say which file its code is for");
}

TEST(FileEdits, ShellCommandsAndOutputAreNoContent) {
    const auto project = test::project_of({{"empty.py", ""}});
    const auto edits = edits_from_answer("```bash\npython3 empty.py\n```\n", project, target("empty.py"));
    EXPECT_FALSE(edits);
}

TEST(FileEdits, ATestAndAnExampleInTheAnswerDoNotBreakTheFile) {
    const auto edit = edit_of(
        "```python\nimport unittest\nfrom calc import add\n\ndef add(a, b):\n    return a + b\n\n"
        "total = add(1, 2)\nprint(total)\n```\n");
    EXPECT_THAT(edit.content, testing::Not(HasSubstr("from calc")));
    EXPECT_THAT(edit.content, testing::Not(HasSubstr("total =")));
    EXPECT_THAT(edit.content, HasSubstr("return a + b"));
}

TEST(FileEdits, AnUnclosedBlockCounts) {
    EXPECT_EQ(edit_of("```python\ndef add(a, b):\n    return a + b\n").content, kFixedAdd);
}

}  // namespace
}  // namespace hearth::scaffold
