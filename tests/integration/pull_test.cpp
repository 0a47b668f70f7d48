// Pulls the smallest model of the catalogue from where it really is, into a home of its own.
#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <signal.h>
#include <thread>
#include <unistd.h>

#include "model/store.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr auto kModel = "smollm2:135m";
constexpr auto kHash = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
constexpr std::uintmax_t kSomeBytes = std::uintmax_t{1} << 20U;

bool wait_until(std::chrono::seconds patience, const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

class Pull : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("hearth-pull");
        ASSERT_TRUE(folder) << folder.error().message();
        home_.emplace(*std::move(folder));
    }

    [[nodiscard]] os::Command command(std::vector<std::string> words) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM};
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        for (char** at = environ; *at != nullptr; ++at) {
            const std::string_view entry(*at);
            const auto equals = entry.find('=');
            if (equals != std::string_view::npos && !entry.starts_with("HEARTH_"))
                command.environment.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
        }
        command.environment.emplace_back("HEARTH_HOME", home_->path().string());
        return command;
    }

    [[nodiscard]] os::Exit hearth(std::vector<std::string> words) const {
        const auto exit = os::run(command(std::move(words)), os::Limits{.timeout = std::chrono::minutes(4)});
        EXPECT_TRUE(exit) << exit.error().message();
        return exit ? *exit : os::Exit{};
    }

    [[nodiscard]] bool something_arrived() const {
        std::error_code error;
        const auto folder = home_->path() / "data/models/partial";
        for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
             at.increment(error)) {
            std::error_code each;
            if (at->is_regular_file(each) && at->file_size(each) > kSomeBytes) return true;
        }
        return false;
    }

    // Whether any process works in this home: its helpers have the path on their command line.
    [[nodiscard]] bool somebody_works_here() const {
        std::error_code error;
        for (const auto& process : fs::directory_iterator("/proc", error)) {
            const auto words = os::read_file(process.path() / "cmdline");
            if (words && words->contains(home_->path().string())) return true;
        }
        return false;
    }

    [[nodiscard]] os::Child start_pull() const {
        auto pull = command({"pull", kModel});
        pull.output_file = home_->path() / "pull.log";
        auto child = os::Child::start(pull);
        EXPECT_TRUE(child) << child.error().message();
        return *std::move(child);
    }

    [[nodiscard]] std::string log() const {
        const auto text = os::read_file(home_->path() / "pull.log");
        return text ? *text : std::string();
    }

    std::optional<os::TempDir> home_;
};

TEST_F(Pull, GoesOnAfterKillAndInstallsAVerifiedModel) {
    {
        auto child = start_pull();
        ASSERT_TRUE(
            wait_until(std::chrono::seconds(120), [&] { return something_arrived() || child.poll(); }));
        ASSERT_FALSE(child.poll()) << log();
        ASSERT_EQ(::kill(child.pid(), SIGKILL), 0);
        ASSERT_TRUE(wait_until(std::chrono::seconds(5), [&] { return child.poll().has_value(); }));
    }
    EXPECT_TRUE(wait_until(std::chrono::seconds(5), [&] { return !somebody_works_here(); })) << "an orphan";
    EXPECT_EQ(hearth({"list", "--json"}).out, "[]\n") << "a torn pull is no model";

    const auto pulled = hearth({"pull", kModel});
    ASSERT_TRUE(pulled.ok()) << pulled.err;
    const model::ModelStore store(home_->path() / "data/models");
    const auto model = store.find(kModel);
    ASSERT_TRUE(model) << model.error().message();
    const auto hash = os::sha256_file(model->file);
    ASSERT_TRUE(hash);
    EXPECT_EQ(*hash, kHash);
    EXPECT_FALSE(fs::exists(store.partial_folder(kHash)));

    const auto again = hearth({"pull", "smollm2"});
    EXPECT_TRUE(again.ok());
    EXPECT_THAT(again.out, HasSubstr("already installed"));
    EXPECT_LT(again.seconds, 2);
    EXPECT_THAT(hearth({"list"}).out, HasSubstr("smollm2:135m  93.8 MiB  Q4_1"));
    EXPECT_THAT(hearth({"show", kModel}).out, testing::AllOf(HasSubstr(kHash), HasSubstr("Apache-2.0")));

    const auto removed = hearth({"rm", kModel});
    EXPECT_TRUE(removed.ok()) << removed.err;
    EXPECT_THAT(removed.out, HasSubstr("93.8 MiB freed"));
    EXPECT_TRUE(fs::is_empty(home_->path() / "data/models/blobs"));
    EXPECT_EQ(hearth({"show", kModel, "--json"}).code, 0) << "the catalogue still knows it";
}

TEST_F(Pull, EndsCleanlyAtCtrlC) {
    auto child = start_pull();
    ASSERT_TRUE(wait_until(std::chrono::seconds(120), [&] { return something_arrived() || child.poll(); }));
    ASSERT_FALSE(child.poll()) << log();
    ASSERT_EQ(::kill(child.pid(), SIGINT), 0);
    ASSERT_TRUE(wait_until(std::chrono::seconds(5), [&] { return child.poll().has_value(); }));
    EXPECT_EQ(child.poll()->code, 130) << log();
    EXPECT_THAT(log(), HasSubstr("same command again"));
    EXPECT_FALSE(somebody_works_here());
    EXPECT_EQ(hearth({"list", "--json"}).out, "[]\n");
    const auto removed = hearth({"rm", kModel});
    EXPECT_TRUE(removed.ok()) << "what had arrived can be removed: " << removed.err;
}

TEST_F(Pull, SaysWhatIsWrongWithANameOrAFile) {
    const auto mistyped = hearth({"pull", "smolml2:135m"});
    EXPECT_EQ(mistyped.code, 3);
    EXPECT_THAT(mistyped.err, HasSubstr("Did you mean smollm2:135m?"));
    const auto text = home_->path() / "text.gguf";
    ASSERT_TRUE(os::write_file_atomic(text, "no model"));
    const auto wrong = hearth({"pull", text.string(), "--name", "mine:1"});
    EXPECT_EQ(wrong.code, 8) << wrong.err;
    EXPECT_THAT(wrong.err, HasSubstr("letters GGUF"));
    EXPECT_EQ(hearth({"rm"}).code, 2);
    EXPECT_EQ(hearth({"rm", "mine:1"}).code, 3);
}

}  // namespace
}  // namespace hearth
