#include "model/fetch.h"

#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/support.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

os::Exit failed_with(std::string err) {
    os::Exit exit;
    exit.code = 1;
    exit.err = std::move(err);
    return exit;
}

TEST(PipFailure, SaysWhatHappenedAndWhatHelps) {
    const Package package{
        .name = "tiny-part1", .version = "1.0", .file = "f", .size = Bytes{1}, .sha256 = "s"};
    const auto absent = pip_failure(failed_with("/usr/bin/python3: No module named pip\n"), package);
    EXPECT_EQ(absent.code(), Code::kUnavailable);
    EXPECT_THAT(absent.message(), HasSubstr("apt-get install python3-pip"));
    const auto wrong =
        pip_failure(failed_with("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS "
                                "FILE."),
                    package);
    EXPECT_EQ(wrong.code(), Code::kCorrupt);
    EXPECT_THAT(wrong.message(), HasSubstr("tiny-part1 1.0"));
    EXPECT_EQ(pip_failure(failed_with("ERROR: [Errno 28] No space left on device"), package).code(),
              Code::kDiskFull);
    const auto other =
        pip_failure(failed_with("WARNING: x\nERROR: Could not find\x1b[31m\nERROR: No matching\n"), package);
    EXPECT_EQ(other.code(), Code::kUnavailable);
    EXPECT_THAT(other.message(), HasSubstr("Could not find\\x1b[31m; No matching"));
    os::Exit stopped;
    stopped.reason = os::Exit::Reason::kStopped;
    EXPECT_EQ(pip_failure(stopped, package).code(), Code::kCancelled);
}

// Runs the real pip against a folder of wheels, without any network.
class Pip : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("pip");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        wheels_ = folder_->path() / "wheels";
        target_ = folder_->path() / "target";
        fs::create_directories(wheels_);
        fs::create_directories(target_);
        const auto wheel = wheels_ / "hearth_test_piece-1.0-py3-none-any.whl";
        test::write_wheel(wheel, "hearth_test_piece", "1.0", {{"hearth_test_piece/1.bin", "bytes"}});
        package_ = {.name = "hearth-test-piece",
                    .version = "1.0",
                    .file = "hearth_test_piece/1.bin",
                    .size = Bytes{5},
                    .sha256 = *os::sha256_file(wheel)};
        ::setenv("PIP_NO_INDEX", "1", 1);
        ::setenv("PIP_FIND_LINKS", wheels_.c_str(), 1);
    }

    void TearDown() override {
        ::unsetenv("PIP_NO_INDEX");
        ::unsetenv("PIP_FIND_LINKS");
    }

    std::optional<os::TempDir> folder_;
    fs::path wheels_;
    fs::path target_;
    Package package_;
};

TEST_F(Pip, FetchesOneWheelByNameVersionAndHash) {
    const auto wheel = fetch_with_pip(package_, target_, false, {});
    ASSERT_TRUE(wheel) << wheel.error().message();
    EXPECT_EQ(*os::sha256_file(*wheel), package_.sha256);
}

TEST_F(Pip, RefusesAWheelWithAnotherHash) {
    package_.sha256 = std::string(64, '0');
    const auto wheel = fetch_with_pip(package_, target_, false, {});
    ASSERT_FALSE(wheel);
    EXPECT_EQ(wheel.error().code(), Code::kCorrupt) << wheel.error().message();
}

TEST_F(Pip, SaysWhenThePackageDoesNotExist) {
    package_.name = "hearth-test-absent";
    const auto wheel = fetch_with_pip(package_, target_, false, {});
    ASSERT_FALSE(wheel);
    EXPECT_EQ(wheel.error().code(), Code::kUnavailable);
    EXPECT_THAT(wheel.error().message(), HasSubstr("hearth-test-absent 1.0"));
}

TEST_F(Pip, EndsAtAStop) {
    std::stop_source stop;
    stop.request_stop();
    const auto wheel = fetch_with_pip(package_, target_, false, stop.get_token());
    ASSERT_FALSE(wheel);
    EXPECT_EQ(wheel.error().code(), Code::kCancelled);
}

TEST(FetchPath, GoesOnFromWhatIsThere) {
    const auto folder = os::TempDir::create("path");
    ASSERT_TRUE(folder);
    const auto from = folder->path() / "from.gguf";
    const auto content = std::string(3'000'000, 'x') + "end";
    test::write_file(from, content);
    const auto to = folder->path() / "to";
    fs::create_directories(to);
    const auto first = fetch_path({from}, Bytes{static_cast<std::int64_t>(content.size())}, to, {}, {});
    ASSERT_TRUE(first) << first.error().message();
    EXPECT_FALSE(first->resumed);
    EXPECT_EQ(test::read_all(first->file), content);
    fs::resize_file(first->file, 1'000'000);
    const auto second = fetch_path({from}, std::nullopt, to, {}, {});
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_EQ(test::read_all(second->file), content);
}

TEST(FetchPath, RefusesAFileOfAnotherSizeBeforeItCopies) {
    const auto folder = os::TempDir::create("path");
    ASSERT_TRUE(folder);
    const auto from = folder->path() / "from.gguf";
    test::write_file(from, "12345");
    const auto copy = fetch_path({from}, Bytes{6}, folder->path(), {}, {});
    ASSERT_FALSE(copy);
    EXPECT_EQ(copy.error().code(), Code::kCorrupt);
    EXPECT_EQ(fetch_path({folder->path() / "none"}, {}, folder->path(), {}, {}).error().code(),
              Code::kNotFound);
    EXPECT_EQ(fetch_path({folder->path()}, {}, folder->path(), {}, {}).error().code(), Code::kInvalidInput);
}

}  // namespace
}  // namespace hearth::model
