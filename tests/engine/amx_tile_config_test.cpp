// engine/amx_tile_config.h keeps the 64 bytes of a tile configuration in front of ldtilecfg. The CPU need not have AMX: the
// assembly says whether the stores are there.
#include <chrono>
#include <cstddef>
#include <gtest/gtest.h>
#include <string>

#include "core/text.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSource = R"(
#include <immintrin.h>
#include <string.h>
struct Config { unsigned char palette, start; unsigned char reserved[14]; unsigned short columns[16]; unsigned char rows[16]; };
void load(void) {
    struct Config config;
    memset(&config, 0, sizeof config);
    config.palette = 1;
    for (int i = 0; i < 8; ++i) { config.columns[i] = 0x1234; config.rows[i] = 0x56; }
    _tile_loadconfig(&config);
}
)";

// Assembly of `load` in front of its ldtilecfg, compiled as the engine's AMX variant is.
Result<std::string> assembly_before_ldtilecfg(const std::string& compiler, const fs::path& folder,
                                              bool with_header) {
    TRY(os::write_file_atomic(folder / "load.c", kSource));
    std::vector<std::string> argv = {compiler, "-O2", "-mamx-tile", "-S", "-o", "-"};
    if (with_header) {
        argv.emplace_back("-include");
        argv.emplace_back(HEARTH_SOURCE_DIR "/engine/amx_tile_config.h");
    }
    argv.push_back((folder / "load.c").string());
    const os::Exit exit = TRY(os::run({.argv = argv, .environment = os::environment_of({"PATH"})},
                                      {.timeout = std::chrono::seconds{60}}));
    if (!exit.ok()) return Error(Code::kUnavailable, os::describe(exit) + ": " + exit.err);
    const std::size_t at = exit.out.find("ldtilecfg");
    if (at == std::string::npos) return Error(Code::kCorrupt, "no ldtilecfg in:\n" + exit.out);
    return exit.out.substr(0, at);
}

// Instructions that write to the stack; each pair of columns and rows needs some.
int stores(std::string_view assembly) {
    int count = 0;
    for (const std::string_view line : split_lines(assembly)) {
        const std::string_view text = trim(line);
        if (text.starts_with("mov") && (text.ends_with("(%rsp)") || text.ends_with("(%rbp)"))) ++count;
    }
    return count;
}

TEST(AmxTileConfig, TheWholeConfigurationIsWrittenBeforeItIsLoaded) {
    const os::TempDir folder = *os::TempDir::create("amx");
    const Result<std::string> cured = assembly_before_ldtilecfg("gcc", folder.path(), true);
    ASSERT_TRUE(cured) << cured.error().message();
    // 64 bytes, in stores of 16 bytes at most, and one for the palette.
    EXPECT_GE(stores(*cured), 5) << *cured;
}

// Why the header is there. When a compiler passes this without it, the header does no harm.
TEST(AmxTileConfig, Gcc12LosesStoresWithoutTheHeader) {
    const Result<os::Exit> version =
        os::run({.argv = {"gcc", "-dumpversion"}, .environment = os::environment_of({"PATH"})});
    ASSERT_TRUE(version && version->ok());
    const os::TempDir folder = *os::TempDir::create("amx");
    const Result<std::string> bare = assembly_before_ldtilecfg("gcc", folder.path(), false);
    const Result<std::string> cured = assembly_before_ldtilecfg("gcc", folder.path(), true);
    ASSERT_TRUE(bare && cured);
    if (trim(version->out) == "12") {
        EXPECT_LT(stores(*bare), stores(*cured)) << *bare;
    } else {
        EXPECT_LE(stores(*bare), stores(*cured)) << *bare;
    }
}

}  // namespace
}  // namespace hearth::engine
