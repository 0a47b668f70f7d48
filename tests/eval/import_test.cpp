#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/check.h"
#include "eval/from_git.h"
#include "eval/import_exercism.h"
#include "eval/import_swe_bench.h"
#include "eval/suite.h"
#include "eval/task_folder.h"
#include "os/process.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kBroken = "def twice(x):\n    return x + 2\n";
constexpr const char* kRight = "def twice(x):\n    return x * 2\n";
constexpr const char* kTest =
    "import unittest\nfrom twice import twice\n\n\nclass T(unittest.TestCase):\n    def test_five(self):\n"
    "        self.assertEqual(twice(5), 10)\n";

class Import : public testing::Test {
protected:
    // Runs git in `repo`, with a fixed author.
    std::string git(std::vector<std::string> arguments) {
        os::Command command;
        command.argv = {
            "git", "-c", "user.name=T", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"};
        command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
        command.environment = os::environment_of({"PATH"});
        command.environment.emplace_back("HOME", folder_.path().string());
        command.directory = repo_;
        const auto exit = os::run(command);
        EXPECT_TRUE(exit && exit->ok()) << (exit ? exit->err : exit.error().message());
        return exit ? exit->out : "";
    }

    void commit(const std::string& message) {
        git({"add", "-A"});
        git({"commit", "-qm", message});
    }

    // A project whose second commit mends a bug and adds its test.
    void make_repository() {
        fs::create_directories(repo_);
        git({"init", "-q"});
        put(repo_ / "twice.py", kBroken);
        put(repo_ / "README.md", "Doubles numbers.\n");
        commit("Begin");
        put(repo_ / "twice.py", kRight);
        put(repo_ / "test_twice.py", kTest);
        commit("Fix doubling of odd numbers\n\nIt added two.");
    }

    // The second commit of make_repository() as a line of SWE-bench.
    std::string instance() {
        const auto patch = [&](const std::string& path) {
            return git({"diff", "HEAD^", "HEAD", "--", path});
        };
        const auto quoted = [](const std::string& text) {
            std::string out;
            for (const char c : text)
                out += c == '\n' ? "\\n" : c == '"' ? "\\\"" : std::string(1, c);
            return "\"" + out + "\"";
        };
        return "{\"instance_id\":\"own__twice-1\",\"base_commit\":\"" +
               git({"rev-parse", "HEAD^"}).substr(0, 40) +
               "\",\"problem_statement\":\"twice(5) is 7.\",\"patch\":" + quoted(patch("twice.py")) +
               ",\"test_patch\":" + quoted(patch("test_twice.py")) +
               ",\"FAIL_TO_PASS\":\"[\\\"test_twice.T.test_five\\\"]\",\"PASS_TO_PASS\":[]}";
    }

    // What `check` finds in the suite, over all tasks.
    std::vector<std::string> mistakes() {
        const auto suite = load_suite(suite_);
        EXPECT_TRUE(suite) << suite.error().message();
        std::vector<std::string> result;
        for (const auto& mistake : suite->mistakes)
            result.push_back(mistake.message());
        fs::create_directories(folder_.path() / "ground");
        const auto sandbox = open_grading_sandbox(folder_.path() / "ground");
        const auto checked = check_tasks(suite->tasks, {.sandbox = &*sandbox, .scratch = folder_.path()},
                                         {.runs = 1, .workers = 2}, {}, {});
        EXPECT_TRUE(checked) << checked.error().message();
        for (const auto& task : *checked)
            result.insert(result.end(), task.mistakes.begin(), task.mistakes.end());
        return result;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-import-test", "/var/tmp");
    fs::path repo_ = folder_.path() / "repo";
    fs::path suite_ = folder_.path() / "suite";
};

TEST_F(Import, ACommitThatMadeATestPassBecomesATask) {
    make_repository();
    put(repo_ / "notes.md", "Only words.\n");
    commit("Notes");
    put(repo_ / "test_twice.py", std::string(kTest) + "# a comment\n");
    put(repo_ / "twice.py", std::string(kRight) + "# too\n");
    commit("Comments: no test fails without them");
    fs::create_directories(folder_.path() / "ground");
    const auto sandbox = open_grading_sandbox(folder_.path() / "ground");
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    const auto imported = import_git(
        {.repository = repo_, .suite = suite_, .test_command = "python3 -m unittest -q", .runs = 1},
        {.sandbox = &*sandbox, .scratch = folder_.path()}, {}, {});
    ASSERT_TRUE(imported) << imported.error().message();
    ASSERT_EQ(imported->tasks.size(), 1U) << testing::PrintToString(imported->skipped);
    EXPECT_THAT(imported->tasks.front(), HasSubstr("fix-doubling"));
    EXPECT_THAT(imported->skipped, ElementsAre(HasSubstr("the untouched workspace passes")));
    EXPECT_THAT(mistakes(), testing::IsEmpty());
    const auto task = load_suite(suite_)->tasks.front();
    EXPECT_EQ(task.kind, "bug-fix");
    EXPECT_EQ(task.difficulty, "easy");
    EXPECT_THAT(task.instructions, HasSubstr("It added two."));
    EXPECT_THAT(task.solution_files, ElementsAre("twice.py"));
    EXPECT_FALSE(fs::exists(task.work() / "test_twice.py"));
}

TEST_F(Import, ASuiteMayBeNamedFromTheCurrentFolder) {
    make_repository();
    fs::create_directories(folder_.path() / "ground");
    const auto sandbox = open_grading_sandbox(folder_.path() / "ground");
    const auto imported = import_git({.repository = repo_,
                                      .suite = fs::relative(suite_),
                                      .test_command = "python3 -m unittest -q",
                                      .runs = 1},
                                     {.sandbox = &*sandbox, .scratch = folder_.path()}, {}, {});
    ASSERT_TRUE(imported) << imported.error().message();
    EXPECT_EQ(imported->tasks.size(), 1U) << testing::PrintToString(imported->skipped);
    EXPECT_THAT(mistakes(), testing::IsEmpty());
}

TEST_F(Import, FilesThatAReleaseLeavesOutBelongToATaskFromGit) {
    make_repository();
    put(repo_ / ".gitattributes", "/tests export-ignore\n");
    put(repo_ / "tests/__init__.py", "");
    put(repo_ / "tests/numbers.py", "FIVE = 5\n");
    commit("Numbers for tests");
    put(repo_ / "twice.py", std::string(kRight) + "\n\ndef thrice(x):\n    return x * 3\n");
    put(repo_ / "tests/test_thrice.py",
        "import unittest\nfrom twice import thrice\nfrom tests.numbers import FIVE\n\n\n"
        "class T(unittest.TestCase):\n    def test_five(self):\n        self.assertEqual(thrice(FIVE), "
        "15)\n");
    commit("Add thrice");
    fs::create_directories(folder_.path() / "ground");
    const auto sandbox = open_grading_sandbox(folder_.path() / "ground");
    const auto imported = import_git({.repository = repo_,
                                      .suite = suite_,
                                      .test_command = "python3 -m unittest -q tests.test_thrice",
                                      .max_tasks = 1,
                                      .runs = 1},
                                     {.sandbox = &*sandbox, .scratch = folder_.path()}, {}, {});
    ASSERT_TRUE(imported) << imported.error().message();
    ASSERT_EQ(imported->tasks.size(), 1U) << testing::PrintToString(imported->skipped);
    EXPECT_TRUE(fs::exists(load_suite(suite_)->tasks.front().work() / "tests/numbers.py"));
    EXPECT_EQ(git({"status", "--porcelain"}), "");
}

TEST_F(Import, ARepositoryTaskIsBuiltFromItsPatches) {
    make_repository();
    const auto file = folder_.path() / "tasks.jsonl";
    put(file, instance() + "\n");
    const auto imported = import_swe_bench({.file = file,
                                            .repository = repo_,
                                            .suite = suite_,
                                            .test_command = "python3 -m unittest -q {tests}"});
    ASSERT_TRUE(imported) << imported.error().message();
    EXPECT_THAT(imported->tasks, ElementsAre("own__twice-1")) << testing::PrintToString(imported->skipped);
    EXPECT_EQ(load_suite(suite_)->tasks.front().test_command,
              "python3 -m unittest -q 'test_twice.T.test_five'");
    EXPECT_THAT(mistakes(), testing::IsEmpty());
}

TEST_F(Import, RepositoryTasksMayStandInAnArrayOrAlone) {
    make_repository();
    const auto lines = parse_swe_bench(instance() + "\n", "f");
    ASSERT_TRUE(lines) << lines.error().message();
    for (const auto& text : {"[\n" + instance() + ",\n" + instance() + "]\n",
                             "{\n  " + instance().substr(1, instance().size() - 2) + "\n}\n"}) {
        const auto parsed = parse_swe_bench(text, "f");
        ASSERT_TRUE(parsed) << parsed.error().message();
        EXPECT_EQ(parsed->size(), text.starts_with('[') ? 2U : 1U);
        EXPECT_EQ(parsed->back().patch, lines->front().patch);
        EXPECT_EQ(parsed->back().tests, lines->front().tests);
    }
    const auto second = parse_swe_bench("[" + instance() + ",{}]", "f");
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message(), HasSubstr("f: instance 2: instance_id"));
}

TEST_F(Import, ExercisesBecomeTasksWithTheirTestsSwitchedOn) {
    const auto exercise = folder_.path() / "track/exercises/practice/twice";
    put(exercise / ".meta/config.json",
        "{\"files\":{\"solution\":[\"twice.py\"],\"test\":[\"twice_test.py\"],\"example\":[\".meta/"
        "example.py\"]}}");
    put(exercise / ".meta/example.py", kRight);
    put(exercise / ".docs/instructions.md", "# Twice\n\nDouble a number.\n");
    put(exercise / ".approaches/short/snippet.txt", kRight);
    put(exercise / ".articles/speed/code.py", kRight);
    put(exercise / ".docs/instructions.append.md", "It is a whole number.\n");
    put(exercise / "twice.py", kBroken);
    put(exercise / "twice_test.py", kTest);
    put(folder_.path() / "track/exercises/practice/no-example/.meta/config.json",
        "{\"files\":{\"solution\":[\"a.py\"],\"test\":[\"a_test.py\"],\"example\":[]}}");
    const auto imported = import_exercism({.checkout = folder_.path() / "track", .suite = suite_});
    ASSERT_TRUE(imported) << imported.error().message();
    EXPECT_THAT(imported->tasks, ElementsAre("track-twice"));
    EXPECT_THAT(imported->skipped, ElementsAre(HasSubstr("no-example")));
    EXPECT_THAT(mistakes(), testing::IsEmpty());
    EXPECT_THAT(load_suite(suite_)->tasks.front().instructions, HasSubstr("It is a whole number."));
}

TEST_F(Import, ACheckoutOfSeveralLanguagesIsTakenByFolder) {
    const auto exercise = folder_.path() / "both/javascript/exercises/practice/twice";
    put(exercise / ".meta/config.json",
        "{\"files\":{\"solution\":[\"twice.js\"],\"test\":[\"twice.spec.js\"],\"example\":[\".meta/"
        "proof.js\"]}}");
    put(exercise / ".meta/proof.js", "right");
    put(exercise / ".docs/instructions.md", "Double a number.\n");
    put(exercise / "twice.js", "stub");
    put(exercise / "twice.spec.js", "test('one', f);\nxtest('two', g);\n");
    const auto imported = import_exercism({.checkout = folder_.path() / "both", .suite = suite_});
    ASSERT_TRUE(imported) << imported.error().message();
    EXPECT_THAT(imported->tasks, ElementsAre("javascript-twice"));
    EXPECT_EQ(*os::read_file(suite_ / "javascript-twice/tests/twice.spec.js"),
              "test('one', f);\ntest('two', g);\n");
    EXPECT_EQ(load_suite(suite_)->tasks.front().test_command, "npx jest twice.spec.js");
}

TEST_F(Import, TablesOfCasesAreHiddenAsTestsAre) {
    const auto exercise = folder_.path() / "go/exercises/practice/twice";
    put(exercise / ".meta/config.json",
        "{\"files\":{\"solution\":[\"twice.go\"],\"test\":[\"twice_test.go\"],\"example\":[\".meta/"
        "example.go\"],"
        "\"editor\":[\"cases_test.go\",\"shapes.go\"]}}");
    put(exercise / ".meta/example.go", "right");
    put(exercise / ".docs/instructions.md", "Double a number.\n");
    for (const auto* name : {"twice.go", "twice_test.go", "cases_test.go", "shapes.go", "go.mod"})
        put(exercise / name, name);
    const auto imported = import_exercism({.checkout = folder_.path() / "go", .suite = suite_});
    ASSERT_TRUE(imported) << imported.error().message();
    const auto task = load_suite(suite_)->tasks.front();
    EXPECT_FALSE(fs::exists(task.work() / "cases_test.go"));
    EXPECT_TRUE(fs::exists(task.tests() / "cases_test.go"));
    EXPECT_TRUE(fs::exists(task.work() / "shapes.go"));
    EXPECT_EQ(task.test_command, "go test ./...");
}

TEST(ExerciseConfig, PathsStayInTheExercise) {
    EXPECT_FALSE(parse_exercise_config("{\"files\":{\"solution\":[\"../x\"]}}"));
    EXPECT_FALSE(parse_exercise_config("{}"));
}

TEST(TaskId, IsAFolderName) {
    EXPECT_EQ(task_id("Fix: the ../thing (now)"), "Fix-the-..-thing-now");
    EXPECT_EQ(task_id("../.."), "task");
}

TEST(CommitLog, IsSplitIntoTestsAndSources) {
    const std::string hash(40, 'a');
    const auto commits =
        parse_commits("\x1e" + hash +
                      "\x1f"
                      "Fix\x1f"
                      "Body\n\x1f" +
                      std::string("\0\nM\0src/a.py\0A\0tests/test_a.py\0M\0README.md\0", 43));
    ASSERT_TRUE(commits) << commits.error().message();
    ASSERT_EQ(commits->size(), 1U);
    const auto split = split_commit(commits->front());
    ASSERT_TRUE(split);
    EXPECT_THAT(split->sources, ElementsAre("src/a.py"));
    EXPECT_THAT(split->tests, ElementsAre("tests/test_a.py"));
    EXPECT_FALSE(
        parse_commits("\x1e"
                      "junk"));
}

}  // namespace
}  // namespace hearth::eval
