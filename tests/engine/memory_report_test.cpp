#include "engine/memory_report.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>

namespace hearth::engine {
namespace {

Bytes mib(double value) { return Bytes{std::llround(value * static_cast<double>(kMiB))}; }

// As llama-server 0.5.0 writes at log verbosity 4.
constexpr std::string_view kLog =
    "0.00.312.655 I load_tensors:   CPU_Mapped model buffer size =  1059.89 MiB\n"
    "0.00.412.655 I load_tensors:   CPU_REPACK model buffer size =   596.53 MiB\n"
    "0.01.512.655 I llama_context:        CPU  output buffer size =     0.58 MiB\n"
    "0.01.612.655 I llama_kv_cache:        CPU KV buffer size =   112.00 MiB\n"
    "0.01.712.655 I sched_reserve:        CPU compute buffer size =    17.13 MiB\n"
    "0.01.877.819 I srv  llama_server: model loaded\n";

TEST(MemoryReport, TakesEachBufferToItsPart) {
    const auto report = parse_memory_report(kLog);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->mapped, mib(1059.89));
    EXPECT_EQ(report->weights, mib(596.53));
    EXPECT_EQ(report->kv_cache, mib(112));
    EXPECT_EQ(report->state, Bytes{0});
    EXPECT_EQ(report->compute, mib(17.13));
    EXPECT_EQ(report->output, mib(0.58));
}

TEST(MemoryReport, CachesAddUpAndWorkBuffersAreSaidAnew) {
    const auto report = parse_memory_report(std::string(kLog) +
                                            "llama_kv_cache: CPU KV buffer size = 15.00 MiB\n"
                                            "llama_memory_recurrent: CPU RS buffer size = 62.81 MiB\n"
                                            "sched_reserve: CPU compute buffer size = 18.00 MiB\n");
    ASSERT_TRUE(report);
    EXPECT_EQ(report->kv_cache, mib(127));
    EXPECT_EQ(report->state, mib(62.81));
    EXPECT_EQ(report->compute, mib(18));
}

TEST(MemoryReport, ALookAheadDoesNotCount) {
    const auto report = parse_memory_report(
        "load_tensors: CPU model buffer size = 0.00 MiB\n"
        "llama_kv_cache: CPU KV buffer size = 0.00 MiB\n"
        "sched_reserve: CPU compute buffer size = 300.00 MiB\n" +
        std::string(kLog));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->kv_cache, mib(112));
    EXPECT_EQ(report->compute, mib(17.13));
}

TEST(MemoryReport, IsNoneBeforeTheWorkBuffersAreNamedAndWhereADeviceHasAPart) {
    EXPECT_FALSE(parse_memory_report(""));
    EXPECT_FALSE(parse_memory_report(kLog.substr(0, kLog.find("sched_reserve"))));
    EXPECT_FALSE(
        parse_memory_report(std::string(kLog) + "load_tensors: CUDA0 model buffer size = 900.00 MiB\n"));
}

TEST(MemoryReport, PassesOverWhatIsNoSize) {
    for (const char* line : {"x CPU compute buffer size = \n", "x CPU compute buffer size = many MiB\n",
                             "x CPU compute buffer size = -1 MiB\n", "x CPU compute buffer size = nan MiB\n",
                             "x CPU compute buffer size = 1e300 MiB\n", "x CPU compute buffer size = 5 GiB\n",
                             " buffer size = 3 MiB"})
        EXPECT_FALSE(parse_memory_report(line)) << line;
}

TEST(Checkpoints, AddUp) {
    EXPECT_EQ(parse_checkpoints(kLog), Bytes{0});
    EXPECT_EQ(parse_checkpoints(
                  "x created context checkpoint 1 of 32 (pos_min = 0, n_tokens = 1, size = 0.500 MiB)\n"
                  "created context checkpoint 2 of 32 (size = much)\ncreated context checkpoint\n"
                  "y created context checkpoint 3 of 32 (pos_min = 0, n_tokens = 9, size = 7.250 MiB)\n"),
              mib(7.75));
}

}  // namespace
}  // namespace hearth::engine
