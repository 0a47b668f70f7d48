// A model in three files is the model in one: pulled, planned, run and removed by the real program and engine.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "model/gguf_split.h"
#include "model/gguf_splitter.h"
#include "model/store.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto kPatience = std::chrono::seconds(300);
constexpr const char* kModel = "smollm2:135m";

// A home of its own with the engine of the test home, and the smallest model beside it, split in three.
class SplitModelRun : public testing::Test {
protected:
    static void SetUpTestSuite() {
        const char* real = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(real, nullptr) << "HEARTH_TEST_HOME is not set: run ./check, which prepares it";
        auto folder = os::TempDir::create("hearth-split");
        ASSERT_TRUE(folder) << folder.error().message();
        home = new os::TempDir(*std::move(folder));
        fs::create_directories(home->path() / "data");
        fs::create_directory_symlink(fs::path(real) / "data/engines", home->path() / "data/engines");
        const auto whole = model::ModelStore(fs::path(real) / "data/models").find(kModel);
        ASSERT_TRUE(whole) << whole.error().message();
        const auto bytes = os::read_file(whole->file, std::size_t{1} << 30U);
        ASSERT_TRUE(bytes) << bytes.error().message();
        const auto parts = model::test::split_gguf(*bytes, 3);
        for (int i = 1; i <= 3; ++i)
            ASSERT_TRUE(os::write_file_atomic(part(i), parts[static_cast<std::size_t>(i) - 1]));
        whole_file = new std::string(whole->file.string());
    }

    static void TearDownTestSuite() {
        delete home;
        delete whole_file;
        home = nullptr;
        whole_file = nullptr;
    }

    void SetUp() override { ASSERT_NE(whole_file, nullptr); }

    static fs::path part(int number) {
        return model::split_name((home->path() / "Small").string(), number, 3);
    }

    static os::Exit run_hearth(std::vector<std::string> arguments) {
        os::Command command;
        command.argv = {HEARTH_PROGRAM};
        std::ranges::move(arguments, std::back_inserter(command.argv));
        command.environment = os::environment_of({"PATH", "HOME", "TMPDIR", "HEARTH_ENGINE"});
        command.environment.emplace_back("HEARTH_HOME", home->path().string());
        auto exit = os::run(command, {.timeout = kPatience});
        EXPECT_TRUE(exit);
        return exit ? *exit : os::Exit{};
    }

    static json::value json_of(const os::Exit& exit) {
        EXPECT_TRUE(exit.ok()) << os::describe(exit) << "\n" << exit.err;
        auto value = parse_json(exit.out);
        EXPECT_TRUE(value) << exit.out;
        return value.value_or(json::value{});
    }

    static std::string greedy_answer(const std::string& model) {
        const auto answer = json_of(run_hearth({"run", model, "Why is the sky blue?", "--max-tokens", "32",
                                                "--temperature", "0", "--context", "1024", "--json"}));
        const auto* usage = member(answer, "usage");
        EXPECT_TRUE(usage != nullptr && integer_member(*usage, "generated_tokens").value_or(0) > 16);
        return std::string(string_member(answer, "answer").value_or(""));
    }

    static std::vector<std::string> blobs() {
        std::vector<std::string> names;
        std::error_code error;
        for (const auto& each : fs::directory_iterator(home->path() / "data/models/blobs", error))
            names.push_back(each.path().filename().string());
        return names;
    }

    static inline os::TempDir* home = nullptr;
    static inline std::string* whole_file = nullptr;
};

TEST_F(SplitModelRun, ByItsPathAnswersAsTheWholeFileDoes) {
    const auto whole = greedy_answer(*whole_file);
    EXPECT_FALSE(whole.empty());
    EXPECT_EQ(greedy_answer(part(1).string()), whole);
}

TEST_F(SplitModelRun, InstalledItIsShownPlannedRunAndRemovedAsOne) {
    const auto pulled = json_of(run_hearth({"pull", part(2).string(), "--name", "split:135m", "--json"}));
    const auto* files = array_member(pulled, "files");
    ASSERT_TRUE(files != nullptr && files->size() == 3U);
    const auto size = integer_member(pulled, "size").value_or(0);
    EXPECT_EQ(size, static_cast<std::int64_t>(fs::file_size(part(1)) + fs::file_size(part(2)) +
                                              fs::file_size(part(3))));

    const auto list = json_of(run_hearth({"list", "--json"}));
    ASSERT_TRUE(list.is_array() && list.get_array().size() == 1U);
    EXPECT_EQ(bool_member(list.get_array()[0], "complete"), true);
    const auto shown = json_of(run_hearth({"show", "split:135m", "--json"}));
    const auto whole = json_of(run_hearth({"show", *whole_file, "--json"}));
    EXPECT_EQ(*member(shown, "facts"), *member(whole, "facts"));

    const std::vector<std::string> wish = {"--context", "2048", "--json"};
    const auto plan = json_of(run_hearth({"plan", "split:135m", wish[0], wish[1], wish[2]}));
    const auto other = json_of(run_hearth({"plan", *whole_file, wish[0], wish[1], wish[2]}));
    ASSERT_NE(member(plan, "memory"), nullptr);
    EXPECT_EQ(*member(plan, "memory"), *member(other, "memory"));

    EXPECT_EQ(greedy_answer("split:135m"), greedy_answer(*whole_file));
    EXPECT_THAT(blobs(), SizeIs(3));
    const auto removed = json_of(run_hearth({"rm", "split:135m", "--json"}));
    EXPECT_EQ(integer_member(removed.get_array()[0], "freed"), size);
    EXPECT_THAT(blobs(), SizeIs(0));
}

TEST_F(SplitModelRun, AMissingPartIsNamedBeforeAnEngineStarts) {
    const auto folder = home->path() / "torn";
    fs::create_directory(folder);
    for (const int number : {1, 3})
        fs::create_symlink(part(number), folder / part(number).filename());
    const auto exit = run_hearth({"run", (folder / part(1).filename()).string(), "hi"});
    EXPECT_EQ(exit.code, 3) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("part 2 of 3 is missing"));
}

}  // namespace
}  // namespace hearth
