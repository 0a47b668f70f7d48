#include "sandbox/disk_watch.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <string>

#include "sandbox/sandbox.h"
#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMuch = std::int64_t{100} * kGiB;

TEST(DiskReserve, IsAGibibyteOrHalfOfWhatIsFree) {
    EXPECT_EQ(disk_reserve({.free_bytes = kMuch, .free_files = 0}).value, kGiB);
    EXPECT_EQ(disk_reserve({.free_bytes = kGiB, .free_files = 0}).value, kGiB / 2);
    EXPECT_EQ(disk_reserve({.free_bytes = 0, .free_files = 0}).value, 0);
}

TEST(DiskReserve, EndsACommandWhenBytesOrFilesRunOut) {
    const DiskSpace start{.free_bytes = kMuch, .free_files = 1'000'000};
    EXPECT_FALSE(below_reserve(start, start));
    EXPECT_FALSE(below_reserve(start, {.free_bytes = kGiB, .free_files = 1000}));
    EXPECT_TRUE(below_reserve(start, {.free_bytes = kGiB - 1, .free_files = 1'000'000}));
    EXPECT_TRUE(below_reserve(start, {.free_bytes = kMuch, .free_files = 999}));
    // A disk that was as good as full before is no command's fault.
    EXPECT_FALSE(below_reserve({.free_bytes = 100, .free_files = 10}, {.free_bytes = 60, .free_files = 9}));
}

TEST(DiskWatch, CountsWhatWasWrittenSinceThen) {
    const Ground ground;
    put(ground.workspace() / "a/b", std::string(100'000, 'x'));
    fs::create_symlink("/usr", ground.workspace() / "link");
    const auto before = std::chrono::system_clock::now() - std::chrono::seconds(2);
    EXPECT_GE(written_since(ground.workspace(), before, {kGiB}).value, 100'000);
    EXPECT_LT(written_since(ground.workspace(), before, {kGiB}).value, 200'000);
    EXPECT_EQ(written_since(ground.workspace(), before + std::chrono::hours(1), {kGiB}).value, 0);
}

TEST(DiskWatch, EndsACommandThatFillsTheDiskWithManyFiles) {
    const Ground ground;
    Policy policy{.workspace = ground.workspace()};
    policy.timeout = std::chrono::seconds(30);
    policy.disk = {std::int64_t{64} * kMiB};
    const auto sandbox = Sandbox::open(policy);
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    const auto exit = sandbox->run(
        "i=0; while [ $i -lt 2000 ]; do head -c 2000000 /dev/zero > f$i; i=$((i+1)); done; echo all");
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_EQ(exit->reason, os::Exit::Reason::kSignalled);
    EXPECT_EQ(exit->out, "");
    EXPECT_NE(exit->err.find("64.0 MiB of disk"), std::string::npos) << exit->err;
}

}  // namespace
}  // namespace hearth::sandbox
