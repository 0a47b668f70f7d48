#include "scaffold/text_examples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::scaffold {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Project python_project() {
    return {{{"fence.py", FileRole::kSource,
              "def area(width, height):\n    pass\n\n\nclass Fence:\n    def posts(self):\n        pass\n"}}};
}

std::vector<std::string> found(std::string_view text) {
    return text_examples(python_project(), text, ProbeLanguage::kPython);
}

TEST(TextExamples, TakesWhatPeopleWriteForPeople) {
    const auto wanted = ElementsAre("assert area(2, 3) == 6");
    for (const std::string_view text :
         {"`area(2, 3)` returns `6`.", "area(2, 3) == 6", "area(2, 3)  # => 6", "area(2, 3) -> 6",
          "area(2, 3) should return 6, of course", "- area(2, 3) => 6", "`area(2, 3)` is 6.",
          "area(2, 3) # 6", "area(2, 3) \xe2\x86\x92 6", "    self.assertEqual(area(2, 3), 6)",
          "so `area(2, 3) == 6`"})
        EXPECT_THAT(found(text), wanted) << text;
}

TEST(TextExamples, TakesValuesOfEveryKind) {
    EXPECT_THAT(found("area([1, 2], height=\"a)\") == {'a': [1, (2, None)]}"),
                ElementsAre("assert area([1, 2], height=\"a)\") == {'a': [1, (2, None)]}"));
    EXPECT_THAT(found("area(-1.5, 2) returns -3.0."), ElementsAre("assert area(-1.5, 2) == -3.0"));
    EXPECT_THAT(found("area('x', 0) gives True"), ElementsAre("assert area('x', 0) == True"));
}

TEST(TextExamples, LeavesWhatIsNoExample) {
    for (const std::string_view text :
         {"area(width, height) returns 2", "area(2, 3) returns 6 posts", "area(2, 3) is 1-based",
          "area(2, 3)", "barea(2, 3) == 6", "x.area(2, 3) == 6", "area(2, ...) == 6", "area(2, 3 == 6",
          "other(2, 3) == 6", "area(2, 3) and 6", "area(2, 3) isn't 6", "area(2, 3) returns",
          "area(2, 3) == total"})
        EXPECT_THAT(found(text), IsEmpty()) << text;
}

TEST(TextExamples, ASessionIsOneTest) {
    EXPECT_THAT(
        found(">>> fence = area(2, 3)\n>>> fence + 1\n7\n>>> print(fence)\n6 metres\n\n>>> len('ab')\n2\n"),
        ElementsAre("def test_session():\n    fence = area(2, 3)\n    assert (fence + 1) == (7)\n"
                    "    print(fence)\n"));
}

TEST(TextExamples, SourcesGiveTheirSessionsOnly) {
    auto project = python_project();
    project.files[0].content += "\n# area(1, 1) == 1\n\"\"\"\n>>> area(1, 2)\n2\n\"\"\"\n";
    EXPECT_THAT(text_examples(project, "", ProbeLanguage::kPython),
                ElementsAre("def test_session():\n    assert (area(1, 2)) == (2)\n"));
}

TEST(TextExamples, JavaScriptHasItsOwnForm) {
    const Project project{{{"fence.js", FileRole::kSource, "function area(w, h) {\n  return 0;\n}\n"}}};
    EXPECT_THAT(
        text_examples(project, "expect(area(2, 3)).toEqual([6]);\narea(1, 1) // => 1", ProbeLanguage::kNode),
        ElementsAre("assert.deepStrictEqual(area(2, 3), [6]);", "assert.deepStrictEqual(area(1, 1), 1);"));
}

TEST(TextExamples, NoneTwiceAndNotTooMany) {
    std::string text = "area(1, 1) == 1\narea(1, 1) == 1\n";
    EXPECT_EQ(found(text).size(), 1U);
    for (int i = 0; i < 100; ++i)
        text += "area(1, " + std::to_string(i) + ") == 1\n";
    EXPECT_EQ(found(text).size(), 40U);
}

}  // namespace
}  // namespace hearth::scaffold
