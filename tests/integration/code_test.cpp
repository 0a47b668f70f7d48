// `hearth code` with the real engine, the real sandbox and the smallest model. That model repairs little, so what is
// asked here is what must hold whether it succeeds or not.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "agent/session.h"
#include "core/json.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kSource = "def larger(a, b):\n    return a if a < b else b\n";
constexpr const char* kTests =
    "import unittest\n"
    "from numbers_of import larger\n\n\n"
    "class Larger(unittest.TestCase):\n"
    "    def test_second(self):\n        self.assertEqual(larger(1, 2), 2)\n\n"
    "    def test_first(self):\n        self.assertEqual(larger(5, 3), 5)\n";

class Code : public ::testing::Test {
protected:
    void SetUp() override {
        const char* home = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(home, nullptr) << "HEARTH_TEST_HOME is not set: run ./check, which prepares it";
        home_ = home;
        auto folder = os::TempDir::create("hearth-code-test");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        write("numbers_of.py", kSource);
        write("test_numbers_of.py", kTests);
    }

    void write(const std::string& name, std::string_view content) const {
        ASSERT_TRUE(os::write_file_atomic(folder_->path() / name, content));
    }

    [[nodiscard]] std::string read(const std::string& name) const {
        return os::read_file(folder_->path() / name).value_or("");
    }

    [[nodiscard]] os::Exit run(std::vector<std::string> arguments) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM, "code", "-C", folder_->path().string()};
        command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
        command.environment = os::environment_of({"PATH", "HOME", "TMPDIR", "HEARTH_ENGINE"});
        command.environment.emplace_back("HEARTH_HOME", home_);
        auto exit = os::run(command, {.timeout = std::chrono::minutes(4)});
        EXPECT_TRUE(exit);
        return exit ? *exit : os::Exit{};
    }

    std::string home_;
    std::optional<os::TempDir> folder_;
};

TEST_F(Code, LeavesTheBestStateAndAReadableSession) {
    const auto exit =
        run({"-m", "smollm2:135m", "--test", "python3 -m unittest -q", "--seconds", "25", "--json"});
    ASSERT_EQ(exit.reason, os::Exit::Reason::kExited) << os::describe(exit);
    ASSERT_THAT(exit.code, ::testing::AnyOf(0, 1)) << exit.err;
    const auto result = parse_json(exit.out);
    ASSERT_TRUE(result) << exit.out;
    EXPECT_EQ(bool_member(*result, "reached"), exit.code == 0);
    EXPECT_EQ(read("test_numbers_of.py"), kTests);
    const bool unchanged = read("numbers_of.py") == kSource;
    const auto* changes = array_member(*result, "changes");
    ASSERT_NE(changes, nullptr);
    EXPECT_EQ(changes->empty(), unchanged);
    const auto entries = agent::Session::read(std::string(string_member(*result, "session").value_or("")));
    ASSERT_TRUE(entries) << entries.error().message();
    ASSERT_GE(entries->size(), 2U);
    EXPECT_THAT((*entries)[1].message.value().text, HasSubstr("larger"));
}

TEST_F(Code, TestsThatPassAlreadyNeedNoModel) {
    write("numbers_of.py", "def larger(a, b):\n    return a if a > b else b\n");
    const auto exit = run({"-m", "smollm2:135m", "--json"});
    ASSERT_EQ(exit.code, 0) << exit.err;
    const auto result = parse_json(exit.out);
    ASSERT_TRUE(result) << exit.out;
    EXPECT_EQ(string_member(*result, "end"), "the tests pass already");
}

TEST_F(Code, AModelThatIsNotThereIsNamedWithItsCure) {
    const auto exit = run({"-m", "no-such-model:1b"});
    EXPECT_NE(exit.code, 0);
    EXPECT_THAT(exit.err, HasSubstr("no-such-model"));
}

TEST_F(Code, NothingToDoIsSaidAtOnce) {
    ASSERT_TRUE(os::remove_tree(folder_->path() / "test_numbers_of.py"));
    const auto exit = run({"-m", "smollm2:135m"});
    EXPECT_EQ(exit.code, 2);
    EXPECT_THAT(exit.err, HasSubstr("--test"));
}

// What a small model plans and what it then achieves is its own; what must hold is the order and the limits.
TEST_F(Code, APlanIsMadeInAFormThatASmallModelFillsAndTheWorkKeepsToIt) {
    write("unrelated.py", "X = 1\n");
    const auto planned = run({"-m", "qwen2.5-coder:1.5b", "--plan", "-p",
                              "larger returns the smaller number: mend it", "--seconds", "180", "--json"});
    ASSERT_EQ(planned.code, 0) << planned.out << planned.err;
    EXPECT_EQ(read("numbers_of.py"), kSource);
    const auto text = read("PLAN.md");
    EXPECT_THAT(text, HasSubstr("`numbers_of.py`"));
    EXPECT_THAT(text, HasSubstr("python3 -m unittest"));
    const auto result = parse_json(planned.out);
    ASSERT_TRUE(result) << planned.out;
    const auto* plan = member(*result, "plan");
    ASSERT_NE(plan, nullptr);
    EXPECT_TRUE(member(*plan, "signature")->is_null());

    const auto worked = run({"-m", "qwen2.5-coder:1.5b", "--sign-off", (folder_->path() / "PLAN.md").string(),
                             "--seconds", "120", "--json"});
    ASSERT_THAT(worked.code, ::testing::AnyOf(0, 1)) << worked.err;
    const auto done = parse_json(worked.out);
    ASSERT_TRUE(done) << worked.out;
    EXPECT_EQ(string_member(*member(*member(*done, "plan"), "signature"), "by"), "file");
    EXPECT_EQ(read("PLAN.md"), text);
    EXPECT_EQ(read("unrelated.py"), "X = 1\n");
    EXPECT_EQ(read("test_numbers_of.py"), kTests);
}

}  // namespace
}  // namespace hearth
