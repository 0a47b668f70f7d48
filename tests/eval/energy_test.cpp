#include "eval/energy.h"

#include <gtest/gtest.h>

#include "eval/task_folder.h"
#include "os/files.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;

// A folder as the kernel shows it in /sys/class/powercap.
class Powercap : public testing::Test {
protected:
    // "intel-rapl:0" and so on, in microjoules.
    void add(const std::string& zone, const std::string& name, const std::string& energy) {
        put(root() / zone / "name", name + "\n");
        put(root() / zone / "max_energy_range_uj", "262143328850\n");
        count(zone, energy);
    }

    void count(const std::string& zone, const std::string& energy) {
        put(root() / zone / "energy_uj", energy + "\n");
    }

    // What an open of a file gives that only root may read: nothing.
    void forbid(const std::string& zone) {
        fs::remove(root() / zone / "energy_uj");
        fs::create_symlink("/nowhere/energy_uj", root() / zone / "energy_uj");
    }

    [[nodiscard]] const fs::path& root() const { return folder_.path(); }

private:
    os::TempDir folder_ = *os::TempDir::create("hearth-powercap");
};

TEST_F(Powercap, CountsFromWhenTheMeterWasMade) {
    add("intel-rapl:0", "package-0", "5000000");
    const EnergyMeter meter(root());
    EXPECT_EQ(meter.joules(), 0.0);
    count("intel-rapl:0", "7500000");
    EXPECT_EQ(meter.joules(), 2.5);
}

TEST_F(Powercap, SumsAllPackages) {
    add("intel-rapl:0", "package-0", "1000000");
    add("intel-rapl:1", "package-1", "2000000");
    const EnergyMeter meter(root());
    count("intel-rapl:0", "2000000");
    count("intel-rapl:1", "5000000");
    EXPECT_EQ(meter.joules(), 4.0);
}

TEST_F(Powercap, PartsOfAPackageAndTheWholeBoardAreNotCountedAgain) {
    add("intel-rapl:0", "package-0", "0");
    add("intel-rapl:0:0", "core", "0");
    add("intel-rapl:1", "psys", "0");
    add("intel-rapl-mmio:0", "package-0", "0");
    const EnergyMeter meter(root());
    for (const auto* zone : {"intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1", "intel-rapl-mmio:0"})
        count(zone, "1000000");
    EXPECT_EQ(meter.joules(), 1.0);
}

TEST_F(Powercap, ACounterThatStartedAgainIsMadeUpFor) {
    add("intel-rapl:0", "package-0", "262143000000");
    add("intel-rapl:1", "package-1", "10");
    const EnergyMeter meter(root());
    count("intel-rapl:0", "671150");
    count("intel-rapl:1", "1000010");
    EXPECT_DOUBLE_EQ(meter.joules().value_or(-1), 2.0);
}

TEST_F(Powercap, WithoutItsRangeACounterThatStartedAgainSaysNothing) {
    add("intel-rapl:0", "package-0", "500");
    fs::remove(root() / "intel-rapl:0/max_energy_range_uj");
    const EnergyMeter meter(root());
    count("intel-rapl:0", "900");
    EXPECT_TRUE(meter.joules());
    count("intel-rapl:0", "100");
    EXPECT_FALSE(meter.joules());
}

TEST_F(Powercap, AMachineWithoutCountersHasNoNumber) {
    EXPECT_FALSE(EnergyMeter(root()).joules());
    EXPECT_FALSE(EnergyMeter(root() / "missing").joules());
}

TEST_F(Powercap, OnePackageThatMayNotBeReadSpoilsTheSum) {
    add("intel-rapl:0", "package-0", "0");
    add("intel-rapl:1", "package-1", "0");
    forbid("intel-rapl:1");
    EXPECT_FALSE(EnergyMeter(root()).joules());
}

TEST_F(Powercap, ACounterThatGoesAwayHasNoNumber) {
    add("intel-rapl:0", "package-0", "0");
    const EnergyMeter meter(root());
    forbid("intel-rapl:0");
    EXPECT_FALSE(meter.joules());
}

}  // namespace
}  // namespace hearth::eval
