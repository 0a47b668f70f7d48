#include "sandbox/toolchains.h"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> shown(const Toolchains& toolchains) {
    std::vector<std::string> result;
    for (const Toolchains::Folder& folder : toolchains.folders)
        result.push_back(folder.path.string());
    std::ranges::sort(result);
    return result;
}

std::string variable(const Toolchains& toolchains, std::string_view name) {
    for (const Toolchains::Folder& folder : toolchains.folders)
        if (folder.variable.first == name) return folder.variable.second;
    return "";
}

TEST(Toolchains, ShowsTheInstallationAroundABin) {
    EXPECT_EQ(installation_of("/opt/tool/bin", "/home/u", {}), fs::path("/opt/tool"));
    EXPECT_EQ(installation_of("/home/u/miniconda3/bin", "/home/u", {}), fs::path("/home/u/miniconda3"));
    EXPECT_EQ(installation_of("/home/u/.nvm/versions/node/v20/bin", "/home/u", {}),
              fs::path("/home/u/.nvm/versions/node/v20"));
    EXPECT_EQ(installation_of("/opt/tool", "/home/u", {}), fs::path("/opt/tool"));
}

TEST(Toolchains, NeverShowsAHomeOrATopLevelFolder) {
    EXPECT_EQ(installation_of("/home/u/bin", "/home/u", {}), fs::path("/home/u/bin"));
    EXPECT_EQ(installation_of("/home/other/bin", "/home/u", {}), fs::path("/home/other/bin"));
    EXPECT_EQ(installation_of("/root/bin", "/root", {}), fs::path("/root/bin"));
    EXPECT_EQ(installation_of("/opt/bin", "/root", {}), fs::path("/opt/bin"));
    for (const char* broad :
         {"/", "/opt", "/root", "/home/u", "/home", "/home/other", "/proc/self", "/etc/x", "/run/u/1"})
        EXPECT_EQ(installation_of(broad, "/home/u", {}), std::nullopt) << broad;
    EXPECT_EQ(installation_of("/srv/homes/u", "/srv/homes/u", {}), std::nullopt);
    EXPECT_EQ(installation_of("/srv/homes", "/srv/homes/u", {}), std::nullopt);
}

TEST(Toolchains, NeverShowsWhatHoldsAPrivatePlace) {
    const std::vector<fs::path> own = {"/home/u/go/src/project", "/data/hearth/state"};
    EXPECT_EQ(installation_of("/home/u/go/bin", "/home/u", own), fs::path("/home/u/go/bin"));
    EXPECT_EQ(installation_of("/data/hearth/bin", "/home/u", own), fs::path("/data/hearth/bin"));
    EXPECT_EQ(installation_of("/data/hearth", "/home/u", own), std::nullopt);
}

TEST(Toolchains, ShowsOnlyProgramsWhereCredentialsLieBeside) {
    EXPECT_EQ(installation_of("/home/u/.cargo/bin", "/home/u", {}), fs::path("/home/u/.cargo/bin"));
    EXPECT_EQ(installation_of("/home/u/.local/bin", "/home/u", {}), fs::path("/home/u/.local/bin"));
    EXPECT_EQ(installation_of("/home/u/.local/share/uv/python/cpython-3.12/bin", "/home/u", {}),
              fs::path("/home/u/.local/share/uv/python/cpython-3.12"));
    EXPECT_EQ(installation_of("/home/u/.config/bin", "/home/u", {}), fs::path("/home/u/.config/bin"));
}

TEST(Toolchains, KnowsTheFolderOfVersionManagers) {
    const Toolchains result = toolchain_folders("/root/.pyenv/shims:/root/.pyenv/bin:/usr/bin", "/root");
    EXPECT_THAT(shown(result), ElementsAre("/root/.local/lib", "/root/.pyenv"));
    EXPECT_EQ(variable(result, "PYENV_ROOT"), "/root/.pyenv");
    EXPECT_EQ(variable(result, "PYTHONUSERBASE"), "/root/.local");
}

TEST(Toolchains, ShowsFoldersInsideAShownOneOnce) {
    const Toolchains result = toolchain_folders(
        "/root/.pyenv/plugins/pyenv-virtualenv/shims:/root/.pyenv/shims:/opt/a/b/bin:/opt/a/bin", "/root");
    EXPECT_THAT(shown(result), ElementsAre("/opt/a", "/root/.local/lib", "/root/.pyenv"));
}

TEST(Toolchains, ShowsRustWithItsToolchains) {
    const Toolchains result = toolchain_folders("/home/u/.cargo/bin:/home/u/.cargo/bin", "/home/u");
    EXPECT_THAT(shown(result), ElementsAre("/home/u/.cargo/bin", "/home/u/.local/lib", "/home/u/.rustup"));
    EXPECT_EQ(variable(result, "RUSTUP_HOME"), "/home/u/.rustup");
}

TEST(Toolchains, KeepsTheOrderOfPathAndAddsTheSystem) {
    const Toolchains result = toolchain_folders("/usr/local/go/bin:/opt/x/bin/:/usr/bin:/opt/x/bin", "/root");
    EXPECT_THAT(result.search, ElementsAre("/usr/local/go/bin", "/opt/x/bin", "/usr/bin", "/usr/local/sbin",
                                           "/usr/local/bin", "/usr/sbin", "/sbin", "/bin"));
}

TEST(Toolchains, LeavesOutRelativeAndEmptyEntries) {
    const Toolchains result = toolchain_folders(".:bin::../tools:/usr/bin:/opt/../../etc", "/root");
    EXPECT_THAT(result.search, Not(Contains(".")));
    EXPECT_THAT(result.search, Not(Contains("bin")));
    EXPECT_THAT(result.search, Not(Contains("/etc")));
    EXPECT_EQ(result.search.front(), "/usr/bin");
}

TEST(Toolchains, CopesWithoutAHome) {
    EXPECT_THAT(toolchain_folders("/usr/bin", "").folders, IsEmpty());
    EXPECT_THAT(shown(toolchain_folders("/opt/a/bin", "/")), ElementsAre("/opt/a"));
}

TEST(Toolchains, ComparesWholeNames) {
    EXPECT_TRUE(is_system_folder("/lib64"));
    EXPECT_FALSE(is_system_folder("/library"));
}

}  // namespace
}  // namespace hearth::sandbox
