#include "engine/flags.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

bool has(const std::vector<std::string>& argv, std::string_view flag) {
    return std::find(argv.begin(), argv.end(), flag) != argv.end();
}

std::string value_of(const std::vector<std::string>& argv, std::string_view flag) {
    const auto found = std::find(argv.begin(), argv.end(), flag);
    return found == argv.end() || found + 1 == argv.end() ? "" : *(found + 1);
}

ServeSettings settings() {
    return {.server = "/e/llama-server",
            .model = "/m/model.gguf",
            .alias = "name:1b",
            .socket = "/run/1.sock",
            .slot_context = Tokens{8192},
            .pool = Tokens{14336},
            .slots = 4,
            .threads = 2,
            .batch = 128,
            .prompt_cache_mib = 256,
            .edit_speculation = true,
            .accelerator = false};
}

TEST(ServeArgv, SaysEverythingThatWasDecided) {
    const std::vector<std::string> argv = serve_argv(settings(), KnownFlags::all());
    EXPECT_EQ(argv.front(), "/e/llama-server");
    EXPECT_EQ(value_of(argv, "--model"), "/m/model.gguf");
    EXPECT_EQ(value_of(argv, "--host"), "/run/1.sock");
    EXPECT_EQ(value_of(argv, "--alias"), "name:1b");
    EXPECT_EQ(value_of(argv, "--ctx-size"), "14336");
    EXPECT_EQ(value_of(argv, "--kv-unified-per-slot"), "8192");
    EXPECT_EQ(value_of(argv, "--parallel"), "4");
    EXPECT_EQ(value_of(argv, "--threads"), "2");
    EXPECT_EQ(value_of(argv, "--batch-size"), "128");
    EXPECT_EQ(value_of(argv, "--cache-ram"), "256");
    EXPECT_EQ(value_of(argv, "--spec-type"), "ngram-mod");
    EXPECT_EQ(value_of(argv, "--fit"), "off");
    for (const char* flag : {"--jinja", "--kv-unified", "--slots", "--no-webui", "--offline"})
        EXPECT_TRUE(has(argv, flag)) << flag;
}

TEST(ServeArgv, SlotsAreSavedWhereThereIsAFolder) {
    EXPECT_FALSE(has(serve_argv(settings(), KnownFlags::all()), "--slot-save-path"));
    ServeSettings kept = settings();
    kept.prompt_folder = "/cache/prompts";
    const std::vector<std::string> argv = serve_argv(kept, KnownFlags::all());
    EXPECT_EQ(value_of(argv, "--slot-save-path"), "/cache/prompts");
    EXPECT_TRUE(has(argv, "--metrics"));
}

TEST(ServeArgv, OneSlotNeedsNoLimitPerSlot) {
    ServeSettings one = settings();
    one.slots = 1;
    one.pool = one.slot_context;
    EXPECT_FALSE(has(serve_argv(one, KnownFlags::all()), "--kv-unified-per-slot"));
}

TEST(ServeArgv, SpeculationAndFittingFollowTheSettings) {
    ServeSettings other = settings();
    other.edit_speculation = false;
    other.accelerator = true;
    const std::vector<std::string> argv = serve_argv(other, KnownFlags::all());
    EXPECT_FALSE(has(argv, "--spec-type"));
    EXPECT_FALSE(has(argv, "--fit"));
}

TEST(ServeArgv, SpeculationComesInTheKindThatWasFound) {
    ServeSettings other = settings();
    other.edit_speculation = true;
    other.speculation = {.kind = Speculation::Kind::kMod, .shortest = 16, .longest = 64};
    const std::vector<std::string> table = serve_argv(other, KnownFlags::all());
    EXPECT_EQ(value_of(table, "--spec-type"), "ngram-mod");
    EXPECT_EQ(value_of(table, "--spec-ngram-mod-n-min"), "16");
    EXPECT_EQ(value_of(table, "--spec-ngram-mod-n-max"), "64");
    other.speculation = {.kind = Speculation::Kind::kSimple, .longest = 48};
    const std::vector<std::string> simple = serve_argv(other, KnownFlags::all());
    EXPECT_EQ(value_of(simple, "--spec-type"), "ngram-simple");
    EXPECT_EQ(value_of(simple, "--spec-ngram-simple-size-m"), "48");
    EXPECT_FALSE(
        has(serve_argv(other, KnownFlags::from_help("--spec-type none,draft-simple")), "--spec-type"));
    other.speculation = {.kind = Speculation::Kind::kNone};
    EXPECT_FALSE(has(serve_argv(other, KnownFlags::all()), "--spec-type"));
}

TEST(ServeArgv, FlashAttentionAndExpertsAreLeftToTheEngineUnlessTheyAreSet) {
    EXPECT_FALSE(has(serve_argv(settings(), KnownFlags::all()), "--flash-attn"));
    ServeSettings other = settings();
    other.flash_attention = false;
    other.cpu_expert_layers = 12;
    EXPECT_EQ(value_of(serve_argv(other, KnownFlags::all()), "--flash-attn"), "off");
    EXPECT_FALSE(has(serve_argv(other, KnownFlags::all()), "--n-cpu-moe")) << "there is no accelerator";
    other.accelerator = true;
    const std::vector<std::string> argv = serve_argv(other, KnownFlags::all());
    EXPECT_EQ(value_of(argv, "--n-cpu-moe"), "12");
    EXPECT_EQ(value_of(argv, "--n-gpu-layers"), "all");
}

TEST(ServeArgv, ASmallerCacheTypeNeedsFlashAttention) {
    EXPECT_FALSE(has(serve_argv(settings(), KnownFlags::all()), "--cache-type-k"));
    ServeSettings small = settings();
    small.cache = capacity::CacheType::kQ8_0;
    const std::vector<std::string> argv = serve_argv(small, KnownFlags::all());
    EXPECT_EQ(value_of(argv, "--cache-type-k"), "q8_0");
    EXPECT_EQ(value_of(argv, "--cache-type-v"), "q8_0");
    EXPECT_EQ(value_of(argv, "--flash-attn"), "on");
}

TEST(ServeArgv, APurposeHasItsFlag) {
    EXPECT_FALSE(has(serve_argv(settings(), KnownFlags::all()), "--embeddings"));
    ServeSettings other = settings();
    other.purpose = ServePurpose::kEmbeddings;
    other.pooling = "mean";
    EXPECT_TRUE(has(serve_argv(other, KnownFlags::all()), "--embeddings"));
    EXPECT_EQ(value_of(serve_argv(other, KnownFlags::all()), "--pooling"), "mean");
    other.purpose = ServePurpose::kRanking;
    other.pooling.clear();
    EXPECT_TRUE(has(serve_argv(other, KnownFlags::all()), "--rerank"));
    EXPECT_FALSE(has(serve_argv(other, KnownFlags::all()), "--pooling"));
}

TEST(ServeArgv, LeavesOutWhatAServerDoesNotKnow) {
    const KnownFlags known = KnownFlags::from_help(
        "-c,    --ctx-size N    size\n-np,   --parallel N\n --threads N  (default: -1)\n--spec-type "
        "none,draft-simple\n"
        "text with dashes - and --no-webui.\n");
    EXPECT_TRUE(known.has("--ctx-size"));
    EXPECT_TRUE(known.has("--parallel"));
    EXPECT_TRUE(known.has("--no-webui"));
    EXPECT_FALSE(known.has("--kv-unified"));
    EXPECT_FALSE(known.has("ngram-mod"));
    const std::vector<std::string> argv = serve_argv(settings(), known);
    EXPECT_TRUE(has(argv, "--ctx-size"));
    EXPECT_FALSE(has(argv, "--kv-unified"));
    EXPECT_FALSE(has(argv, "--spec-type"));
    EXPECT_FALSE(has(argv, "--fit"));
    EXPECT_FALSE(has(argv, "off"));
}

TEST(ServeArgv, AServerThatTracesWithoutWhatPeopleAskSaysWhatItAllocates) {
    EXPECT_EQ(value_of(serve_argv(settings(), KnownFlags::all()), "--log-verbosity"), "4");
    const std::string flag = "-lv, --log-verbosity N  Values:\n - 3: info\n";
    EXPECT_FALSE(has(serve_argv(settings(), KnownFlags::from_help(flag)), "--log-verbosity"));
    EXPECT_TRUE(has(serve_argv(settings(), KnownFlags::from_help(flag + " - 4: trace (more info)\n")),
                    "--log-verbosity"));
}

TEST(ServeEnvironment, WaitsPassivelyAndHoldsNothingElse) {
    const auto environment = serve_environment({}, false, {{"HOME", "/home/me"}, {"LD_LIBRARY_PATH", "/x"}});
    const std::vector<std::pair<std::string, std::string>> expected = {{"OMP_WAIT_POLICY", "passive"},
                                                                       {"GOMP_SPINCOUNT", "2000"},
                                                                       {"LANG", "C.UTF-8"},
                                                                       {"PATH", "/usr/bin:/bin"}};
    EXPECT_EQ(environment, expected);
}

TEST(ServeEnvironment, AnAcceleratorGetsItsLibraryAndItsDriversNames) {
    const auto environment =
        serve_environment("/e/gpu/cuda/libggml-cuda.so", true, {{"CUDA_VISIBLE_DEVICES", "1"}});
    const std::pair<std::string, std::string> library{"GGML_BACKEND_PATH", "/e/gpu/cuda/libggml-cuda.so"};
    const std::pair<std::string, std::string> device{"CUDA_VISIBLE_DEVICES", "1"};
    EXPECT_NE(std::find(environment.begin(), environment.end(), library), environment.end());
    EXPECT_NE(std::find(environment.begin(), environment.end(), device), environment.end());
}

TEST(PoolFor, ASharedPromptIsHeldOnce) {
    EXPECT_EQ(pool_for(Tokens{8192}, 1, true), Tokens{8192});
    EXPECT_EQ(pool_for(Tokens{8192}, 4, false), Tokens{32768});
    EXPECT_EQ(pool_for(Tokens{8192}, 4, true), Tokens{8192 + 3 * 2048});
    EXPECT_EQ(pool_for(Tokens{1000}, 1, true), Tokens{1024});
}

}  // namespace
}  // namespace hearth::engine
