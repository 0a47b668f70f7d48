// Sessions of `hearth code` with the real engine, the real sandbox and the smallest model, which says something, whatever it is.
#include <chrono>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth {
namespace {

using ::testing::HasSubstr;

class CodeSession : public ::testing::Test {
protected:
    void SetUp() override {
        const char* home = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(home, nullptr) << "HEARTH_TEST_HOME is not set: run ./check, which prepares it";
        home_ = home;
        auto folder = os::TempDir::create("hearth-code-session-test");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
    }

    [[nodiscard]] os::Exit run(std::vector<std::string> arguments, std::string input = {}) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM,           "code",          "-C",
                        folder_->path().string(), "--session-dir", (folder_->path() / "sessions").string()};
        command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
        command.environment = os::environment_of({"PATH", "HOME", "TMPDIR", "HEARTH_ENGINE"});
        command.environment.emplace_back("HEARTH_HOME", home_);
        command.input = std::move(input);
        auto exit =
            os::run(command, {.timeout = std::chrono::minutes(4), .max_output = std::size_t{64} << 20U});
        EXPECT_TRUE(exit);
        return exit ? *exit : os::Exit{};
    }

    static std::vector<json::value> records(const os::Exit& exit) {
        std::vector<json::value> out;
        for (const auto line : split_lines(exit.out)) {
            auto value = parse_json(line);
            EXPECT_TRUE(value) << line;
            if (value) out.push_back(*std::move(value));
        }
        return out;
    }

    // The answers that ended, each as its message.
    static std::vector<json::value> answers(const std::vector<json::value>& records) {
        std::vector<json::value> out;
        for (const auto& each : records) {
            const auto* message = member(each, "message");
            if (string_member(each, "type") == "message_end" &&
                string_member(*message, "role") == "assistant")
                out.push_back(*message);
        }
        return out;
    }

    std::string home_;
    std::optional<os::TempDir> folder_;
};

TEST_F(CodeSession, TheSecondPromptTakesTheFirstFromTheCache) {
    const auto exit = run({"-m", "smollm2:135m", "--mode", "json", "-p", "Say hello.", "Say goodbye."});
    ASSERT_EQ(exit.code, 0) << exit.err;
    const auto said = records(exit);
    EXPECT_EQ(string_member(said.front(), "type"), "session");
    EXPECT_EQ(string_member(said.back(), "type"), "agent_settled");
    const auto all = answers(said);
    ASSERT_GE(all.size(), 2U);
    const auto& first = *member(all.front(), "usage");
    const auto& last = *member(all.back(), "usage");
    EXPECT_GE(*integer_member(last, "cacheRead"), *integer_member(first, "input"));
}

TEST_F(CodeSession, GoesOnInAnotherRun) {
    ASSERT_EQ(run({"-m", "smollm2:135m", "--mode", "json", "-p", "Say hello."}).code, 0);
    const auto exit = run({"-m", "smollm2:135m", "--mode", "json", "-c", "-p", "Again."});
    ASSERT_EQ(exit.code, 0) << exit.err;
    const auto usage = *member(answers(records(exit)).back(), "usage");
    EXPECT_GT(*integer_member(usage, "input") + *integer_member(usage, "cacheRead"), 100);
}

TEST_F(CodeSession, TheProtocolIsAnsweredBeforeAnEngineIsThere) {
    const auto start = std::chrono::steady_clock::now();
    const auto exit =
        run({"-m", "smollm2:135m", "--mode", "rpc"},
            "{\"id\":\"1\",\"type\":\"get_state\"}\n{\"id\":\"2\",\"type\":\"get_available_models\"}\n");
    EXPECT_EQ(exit.code, 0) << exit.err;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    EXPECT_THAT(exit.out, HasSubstr(R"("id":"smollm2:135m")"));
    EXPECT_EQ(records(exit).size(), 2U);
}

}  // namespace
}  // namespace hearth
