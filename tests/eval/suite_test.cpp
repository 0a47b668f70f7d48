#include "eval/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/task_folder.h"

namespace hearth::eval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kTemplate = R"(title = "Apples"
question = "{n} apples at 3 cents each cost how much?"
answer = "n * 3"
[variables]
n = { from = 2, to = 400, original = 7 }
)";

constexpr std::string_view kLongText = R"(title = "Code"
scorer = "numeric"
question = "What is the code?"
answer = "code"
needles = ["The code is {code}."]
filler = ["The {thing} is blue."]
[variables]
code = { from = 1000, to = 9999, original = 4711 }
[words]
thing = ["door", "roof", "wall"]
)";

std::vector<std::string> ids_of(const Suite& suite) {
    std::vector<std::string> ids;
    for (const auto& task : suite.tasks)
        ids.push_back(task.id);
    return ids;
}

TEST(SuiteHeader, ItsLicenceIsThatOfQuestionsAndItems) {
    const Ground ground;
    put(ground.path() / "suite.toml", "name = \"small\"\ntitle = \"Small\"\nlicence = \"MIT\"\n");
    put(ground.path() / "q.jsonl", R"({"id":"q","prompt":"1 + 1?","answer":2})");
    put(ground.path() / "lamp.toml", kLampItem);
    ground.add_task("a");
    const auto suite = load_suite(ground.path());
    ASSERT_TRUE(suite) << suite.error().message();
    ASSERT_EQ(suite->tasks.size(), 3U);
    for (const auto& task : suite->tasks) {
        EXPECT_EQ(task.provenance.licence, task.id == "a" ? "Apache-2.0" : "MIT");
        EXPECT_EQ(task.provenance.source, task.id == "a" ? "a test" : "the suite small");
    }
}

class SuiteFolder : public testing::Test {
protected:
    // The fingerprint of the item with one part replaced.
    std::string print_with(std::string_view from, std::string_view to) {
        std::string text(kLampItem);
        if (!from.empty()) text.replace(text.find(from), from.size(), to);
        put(ground_.path() / "lamp.toml", text);
        const auto suite = load_suite(ground_.path() / "lamp.toml");
        EXPECT_TRUE(suite && suite->mistakes.empty());
        return *fingerprint(suite->tasks.front());
    }

    Ground ground_;
};

TEST_F(SuiteFolder, HoldsTasksQuestionsAndItemsOfEachKind) {
    ground_.add_task("a-task");
    put(ground_.path() / "q.jsonl", "{\"id\":\"sum\",\"prompt\":\"1 + 1?\",\"answer\":\"2\"}\n");
    put(ground_.path() / "lamp.toml", kLampItem);
    put(ground_.path() / "apples.toml", kTemplate);
    put(ground_.path() / "code.toml", kLongText);
    const auto suite = load_suite(ground_.path(), {.size = {.characters = 3000}});
    ASSERT_TRUE(suite) << suite.error().message();
    EXPECT_THAT(suite->mistakes, IsEmpty());
    EXPECT_THAT(ids_of(*suite), ElementsAre("a-task", "apples-original-1", "code-3000-1", "lamp", "sum"));
    EXPECT_EQ(suite->tasks[3].kind, "tool-use");
    EXPECT_EQ(suite->tasks[3].instructions, "Turn off the lamp in the hall.");
}

TEST_F(SuiteFolder, AnItemIsASuiteByItself) {
    put(ground_.path() / "lamp.toml", kLampItem);
    put(ground_.path() / "apples.toml", kTemplate);
    const auto suite = load_suite(ground_.path() / "lamp.toml");
    ASSERT_TRUE(suite) << suite.error().message();
    EXPECT_THAT(ids_of(*suite), ElementsAre("lamp"));
}

TEST_F(SuiteFolder, AWrongItemIsAMistakeWithItsPlace) {
    put(ground_.path() / "lamp.toml", "[[tool]]\nname = 3\n");
    put(ground_.path() / "apples.toml", "title = \"Apples\"\n");
    const auto suite = load_suite(ground_.path());
    ASSERT_TRUE(suite) << suite.error().message();
    ASSERT_EQ(suite->mistakes.size(), 2U);
    EXPECT_THAT(suite->mistakes[0].message(), HasSubstr("apples.toml:1:"));
    EXPECT_THAT(suite->mistakes[1].message(), HasSubstr("lamp.toml:1:"));
}

TEST_F(SuiteFolder, TwoTasksOfOneNameAreAMistake) {
    put(ground_.path() / "lamp.toml", kLampItem);
    ground_.add_task("lamp");
    const auto suite = load_suite(ground_.path());
    ASSERT_TRUE(suite) << suite.error().message();
    ASSERT_EQ(suite->mistakes.size(), 1U);
    EXPECT_THAT(suite->mistakes.front().message(), HasSubstr("two tasks are named 'lamp'"));
}

TEST_F(SuiteFolder, TheFingerprintOfAnItemIsOfEverythingThatIsAskedAndExpected) {
    const auto as_it_is = print_with("", "");
    EXPECT_EQ(print_with("title = \"The lamp in the hall\"", "title = \"Lamp\""), as_it_is);
    EXPECT_NE(print_with("Turn off", "Switch off"), as_it_is);
    EXPECT_NE(print_with("Sets a lamp.", "Dims a lamp."), as_it_is);
    EXPECT_NE(print_with("level = 0", "level = 1"), as_it_is);
    EXPECT_NE(print_with("[[tool]]", "order = \"given\"\n[[tool]]"), as_it_is);
}

TEST(LoadSuite, ASuiteTomlMeansItsFolder) {
    const Ground ground;
    ground.add_task("a");
    ground.add_task("b");
    const auto suite = load_suite(ground.path() / "suite.toml");
    ASSERT_TRUE(suite) << suite.error().message();
    EXPECT_EQ(suite->header.name, "small");
    EXPECT_EQ(suite->tasks.size(), 2U);
}

TEST(LoadSuite, ATaskTomlMeansItsTask) {
    const Ground ground;
    const auto suite = load_suite(ground.add_task("a") / "task.toml");
    ASSERT_TRUE(suite) << suite.error().message();
    ASSERT_EQ(suite->tasks.size(), 1U);
    EXPECT_EQ(suite->tasks[0].id, "a");
}

TEST(LoadSuite, AnotherFileIsNone) {
    const Ground ground;
    put(ground.path() / "README.md", "Tasks.\n");
    const auto suite = load_suite(ground.path() / "README.md");
    ASSERT_FALSE(suite);
    EXPECT_EQ(suite.error().code(), Code::kNotFound);
    EXPECT_THAT(suite.error().message(), HasSubstr("is no suite and no task"));
}

}  // namespace
}  // namespace hearth::eval
