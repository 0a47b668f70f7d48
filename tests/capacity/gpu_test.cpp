#include "capacity/gpu.h"

#include <fstream>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::capacity {
namespace {

namespace fs = std::filesystem;

class DrmGpus : public testing::Test {
protected:
    void add(const std::string& card, const std::string& driver, std::int64_t vram, std::int64_t used,
             std::int64_t shared) {
        const fs::path device = folder_.path() / card / "device";
        fs::create_directories(device);
        fs::create_directories(folder_.path() / "drivers" / driver);
        fs::create_directory_symlink(folder_.path() / "drivers" / driver, device / "driver");
        const auto write = [&](const char* name, std::int64_t value) {
            std::ofstream(device / name) << value << "\n";
        };
        if (vram > 0) write("mem_info_vram_total", vram);
        if (vram > 0) write("mem_info_vram_used", used);
        if (shared > 0) write("mem_info_gtt_total", shared);
        std::ofstream(device / "device") << "0x744c\n";
    }

    os::TempDir folder_ = *os::TempDir::create("drm-");
};

TEST_F(DrmGpus, ACardWithItsOwnMemory) {
    add("card0", "amdgpu", 20 * kGiB, kGiB, 16 * kGiB);
    add("card0-DP-1", "amdgpu", kGiB, 0, 0);  // a connector
    const std::vector<GpuFacts> gpus = drm_gpus(folder_.path());
    ASSERT_EQ(gpus.size(), 1U);
    EXPECT_EQ(gpus[0].name, "AMD 0x744c");
    EXPECT_EQ(gpus[0].total, Bytes{20 * kGiB});
    EXPECT_EQ(gpus[0].available, Bytes{19 * kGiB});
    EXPECT_FALSE(gpus[0].unified);
}

TEST_F(DrmGpus, OneThatSharesTheMachinesMemory) {
    add("card1", "amdgpu", 512 * kMiB, 0, 120 * kGiB);
    add("card2", "xe", 0, 0, 0);
    const std::vector<GpuFacts> gpus = drm_gpus(folder_.path());
    ASSERT_EQ(gpus.size(), 2U);
    EXPECT_TRUE(gpus[0].unified);
    EXPECT_TRUE(gpus[1].unified);
}

TEST_F(DrmGpus, OtherDriversAndNoFolderGiveNothing) {
    add("card0", "simpledrm", 0, 0, 0);
    EXPECT_TRUE(drm_gpus(folder_.path()).empty());
    EXPECT_TRUE(drm_gpus(folder_.path() / "absent").empty());
}

}  // namespace
}  // namespace hearth::capacity
