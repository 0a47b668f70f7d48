#include "capacity/profile.h"

#include <gtest/gtest.h>

namespace hearth::capacity {
namespace {

namespace fs = std::filesystem;

std::vector<MachineProfile> shipped() {
    const Result<std::vector<MachineProfile>> machines =
        load_machines({fs::path(HEARTH_SOURCE_DIR) / "catalogue"});
    EXPECT_TRUE(machines) << machines.error().message();
    return machines ? *machines : std::vector<MachineProfile>();
}

TEST(Machines, ThatShipHaveASourceAndASpeed) {
    const std::vector<MachineProfile> machines = shipped();
    ASSERT_GE(machines.size(), 15U);
    for (const MachineProfile& machine : machines) {
        EXPECT_FALSE(machine.source.empty()) << machine.name;
        EXPECT_TRUE(machine.speeds.host.known()) << machine.name;
        EXPECT_EQ(machine.gpu.has_value(), machine.speeds.device.known()) << machine.name;
        EXPECT_LE(machine.memory.available, machine.memory.total) << machine.name;
    }
}

TEST(Machines, AreChosenByNameAndCount) {
    const std::vector<MachineProfile> machines = shipped();
    const Result<MachineProfile> one = choose_machine(machines, "dgx-spark", "");
    ASSERT_TRUE(one);
    const Result<MachineProfile> two = choose_machine(machines, "2x dgx-spark", "200gbe");
    ASSERT_TRUE(two) << two.error().message();
    EXPECT_EQ(two->memory.total.value, 2 * one->memory.total.value);
    EXPECT_LE(two->speeds.device.bandwidth, one->speeds.device.bandwidth);
    EXPECT_EQ(choose_machine(machines, "gmktec-evo-x2", "")->name, "gmktec-evo-x2");  // the x is no count
}

TEST(Machines, GpusOfSeveralStandInOne) {
    const std::vector<MachineProfile> machines = shipped();
    const auto one = choose_machine(machines, "rtx-4090", "");
    const auto two = choose_machine(machines, "2x rtx-4090", "");
    ASSERT_TRUE(one && two) << two.error().message();
    EXPECT_EQ(two->memory.total, one->memory.total) << "one machine with two GPUs";
    ASSERT_EQ(cards_of(*two).size(), 2U);
    EXPECT_EQ(cards_of(*two)[1].name, "RTX 4090");
    EXPECT_EQ(two->speeds.devices.size(), 2U);
    const auto mixed = choose_machine(machines, "rtx-4090 + 2x rtx-3060-12", "");
    ASSERT_TRUE(mixed) << mixed.error().message();
    ASSERT_EQ(cards_of(*mixed).size(), 3U);
    EXPECT_EQ(cards_of(*mixed)[2].name, "RTX 3060");
    EXPECT_LT(mixed->speeds.devices[2].bandwidth, mixed->speeds.devices[0].bandwidth);
    const auto linked = choose_machine(machines, "2x rtx-4090", "10gbe");
    ASSERT_TRUE(linked);
    EXPECT_EQ(linked->memory.total.value, 2 * one->memory.total.value);
    EXPECT_TRUE(linked->more_gpus.empty());
}

TEST(Machines, WrongChoicesAreExplained) {
    const std::vector<MachineProfile> machines = shipped();
    EXPECT_EQ(choose_machine(machines, "abacus", "").error().code(), Code::kNotFound);
    EXPECT_EQ(choose_machine(machines, "99x dgx-spark", "").error().code(), Code::kInvalidInput);
    EXPECT_EQ(choose_machine(machines, "2x dgx-spark", "string").error().code(), Code::kInvalidInput);
    EXPECT_EQ(choose_machine(machines, "rtx-4090 + dgx-spark", "").error().code(), Code::kInvalidInput);
    EXPECT_EQ(choose_machine(machines, "rtx-4090 + rtx-3060-12", "10gbe").error().code(),
              Code::kInvalidInput);
    EXPECT_EQ(choose_machine(machines, "rtx-4090 + ", "").error().code(), Code::kNotFound);
    EXPECT_EQ(choose_machine(machines, "9x rtx-4090 + 9x rtx-3060-12", "").error().code(),
              Code::kInvalidInput);
}

TEST(Machines, WrongFilesAreRefusedWithTheLine) {
    const std::string good =
        "[[machine]]\nname = \"a\"\ntitle = \"A\"\nmemory_gib = 8\ncores = 4\ncpu = \"avx2\"\nsource = "
        "\"s\"\n";
    EXPECT_TRUE(parse_machines(good, "m.toml"));
    for (const std::string& bad :
         {good + "colour = 1\n", good + "price_usd = -1\n", good + good,
          good + "[machine.speed]\nbandwidth_gbs = 1\n", std::string("[[machine]]\nname = \"a\"\n"),
          std::string("machine = 3 ="), std::string("x = 1\n")}) {
        const auto machines = parse_machines(bad, "m.toml");
        ASSERT_FALSE(machines) << bad;
        EXPECT_TRUE(machines.error().message().starts_with("m.toml:")) << machines.error().message();
    }
}

}  // namespace
}  // namespace hearth::capacity
