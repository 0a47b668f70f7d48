#include "capacity/machine.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::capacity {
namespace {

constexpr const char* kTwoPackages =
    "processor\t: 0\nmodel name\t: Some CPU 9000\nmicrocode\t: 0x1d\nphysical id\t: 0\ncore id\t\t: "
    "0\nflags\t\t: fpu avx2 "
    "fma\n\n"
    "processor\t: 1\nmodel name\t: Some CPU 9000\nphysical id\t: 0\ncore id\t\t: 0\nflags\t\t: fpu avx2 "
    "fma\n\n"
    "processor\t: 2\nmodel name\t: Some CPU 9000\nphysical id\t: 1\ncore id\t\t: 0\nflags\t\t: fpu avx2 "
    "fma\n\n"
    "processor\t: 3\nmodel name\t: Some CPU 9000\nphysical id\t: 1\ncore id\t\t: 0\nflags\t\t: fpu avx2 "
    "fma\n";

TEST(Cpuinfo, ThreadsOfOneCoreCountOnceAndPackagesApart) {
    const CpuFacts facts = parse_cpuinfo(kTwoPackages, {});
    EXPECT_EQ(facts.model, "Some CPU 9000");
    EXPECT_EQ(facts.microcode, "0x1d");
    EXPECT_EQ(facts.flags, (std::vector<std::string>{"fpu", "avx2", "fma"}));
    EXPECT_EQ(facts.logical, 4);
    EXPECT_EQ(facts.physical, 2);
}

TEST(Cpuinfo, CountsOnlyProcessorsThisProcessMayUse) {
    const CpuFacts facts = parse_cpuinfo(kTwoPackages, {1});
    EXPECT_EQ(facts.logical, 1);
    EXPECT_EQ(facts.physical, 1);
}

TEST(Cpuinfo, ArmWithoutCoreNumbersCountsEachProcessor) {
    const CpuFacts facts = parse_cpuinfo(
        "processor\t: 0\nFeatures\t: fp asimd\nCPU part\t: 0xd40\n\nprocessor\t: 1\nFeatures\t: fp\n", {});
    EXPECT_EQ(facts.physical, 2);
    EXPECT_EQ(facts.model, "CPU part 0xd40");
    EXPECT_EQ(facts.flags, (std::vector<std::string>{"fp", "asimd"}));
}

TEST(Cpuinfo, GarbageStillGivesOneCore) {
    const CpuFacts facts = parse_cpuinfo("\x01\xff:::\nprocessor\n", {});
    EXPECT_EQ(facts.logical, 1);
    EXPECT_EQ(facts.physical, 1);
}

TEST(Meminfo, ReadsTotalAndAvailableInBytes) {
    const Result<MemoryFacts> facts =
        parse_meminfo("MemTotal:       24683520 kB\nMemFree: 1 kB\nMemAvailable:   1024 kB\n");
    ASSERT_TRUE(facts) << facts.error().message();
    EXPECT_EQ(facts->total.value, std::int64_t{24683520} * 1024);
    EXPECT_EQ(facts->available.value, 1024 * 1024);
}

TEST(Meminfo, WithoutTotalIsCorrupt) {
    const Result<MemoryFacts> facts = parse_meminfo("MemFree: 12 kB\n");
    ASSERT_FALSE(facts);
    EXPECT_EQ(facts.error().code(), Code::kCorrupt);
}

TEST(GroupLimit, ATighterGroupLimitsTotalAndWhatIsLeft) {
    const MemoryFacts machine{.total = Bytes{16 * kGiB}, .available = Bytes{12 * kGiB}};
    const MemoryFacts facts = within_group(
        machine,
        GroupMemory{.limit = Bytes{4 * kGiB}, .used = Bytes{3 * kGiB}, .reclaimable = Bytes{1 * kGiB}});
    EXPECT_EQ(facts.total, Bytes{4 * kGiB});
    EXPECT_EQ(facts.available, Bytes{2 * kGiB});
}

TEST(GroupLimit, AGroupWithoutALimitChangesNothing) {
    const MemoryFacts machine{.total = Bytes{16 * kGiB}, .available = Bytes{12 * kGiB}};
    EXPECT_EQ(within_group(machine, std::nullopt).available, machine.available);
    const GroupMemory unlimited{.limit = Bytes{INT64_MAX}, .used = Bytes{20 * kGiB}, .reclaimable = Bytes{0}};
    EXPECT_EQ(within_group(machine, unlimited).available, machine.available);
}

TEST(CpuQuota, RoundsUpToWholeProcessors) {
    EXPECT_EQ(parse_cpu_max("200000 100000\n"), 2);
    EXPECT_EQ(parse_cpu_max("150000 100000"), 2);
    EXPECT_EQ(parse_cpu_max("10000 100000"), 1);
    EXPECT_EQ(parse_cpu_max("max 100000"), std::nullopt);
    EXPECT_EQ(parse_cpu_max("-1 100000"), std::nullopt);
    EXPECT_EQ(parse_cpu_max("5"), std::nullopt);
}

TEST(MachineIdentity, ChangesWithCpuMicrocodeAndDriverAndNotWithFlagOrder) {
    Machine machine;
    machine.cpu.model = "A";
    machine.cpu.flags = {"avx", "fma"};
    const std::string before = machine_identity(machine);
    machine.cpu.flags = {"fma", "avx"};
    EXPECT_EQ(machine_identity(machine), before);
    machine.cpu.microcode = "0x2";
    const std::string other_microcode = machine_identity(machine);
    EXPECT_NE(other_microcode, before);
    machine.drivers = {"nvidia 550"};
    EXPECT_NE(machine_identity(machine), other_microcode);
}

TEST(ProbeMachine, SaysSomethingSensibleAboutThisOne) {
    const Result<Machine> machine = probe_machine();
    ASSERT_TRUE(machine) << machine.error().message();
    EXPECT_FALSE(machine->cpu.architecture.empty());
    EXPECT_GE(machine->cpu.physical, 1);
    EXPECT_LE(machine->cpu.physical, machine->cpu.logical);
    EXPECT_GT(machine->memory.total, Bytes{64 * kMiB});
    EXPECT_LE(machine->memory.available, machine->memory.total);
}

}  // namespace
}  // namespace hearth::capacity
