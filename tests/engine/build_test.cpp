#include "engine/build.h"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// A data folder with installed builds, and an environment without any other engine.
class Builds : public testing::Test {
protected:
    Builds() {
        keep("PATH");
        keep("HEARTH_ENGINE");
        ::setenv("PATH", (folder_.path() / "path").c_str(), 1);
        ::unsetenv("HEARTH_ENGINE");
        paths_.data = folder_.path() / "data";
    }

    ~Builds() override {
        for (const auto& [name, value] : kept_) {
            if (value) {
                ::setenv(name.c_str(), value->c_str(), 1);
            } else {
                ::unsetenv(name.c_str());
            }
        }
    }

    void keep(const std::string& name) {
        const char* value = std::getenv(name.c_str());
        kept_.emplace_back(name, value == nullptr ? std::nullopt : std::optional<std::string>(value));
    }

    static void write(const fs::path& path, bool executable = false) {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << "#!/bin/sh\n";
        if (executable) fs::permissions(path, fs::perms::owner_all);
    }

    fs::path install(const std::string& id, const std::vector<std::string>& variants, bool finished = true) {
        const fs::path root = paths_.data / "engines" / id;
        write(root / "bin" / "llama-server", true);
        for (const std::string& variant : variants)
            write(root / "cpu" / variant / ("libggml-cpu-" + variant + ".so"));
        if (finished) write(root / "installed");
        return root;
    }

    static std::vector<std::string> names(const EngineBuild& build) {
        std::vector<std::string> names;
        for (const Variant& each : build.variants)
            names.push_back(each.name);
        return names;
    }

    os::TempDir folder_ = *os::TempDir::create("builds");
    os::Paths paths_;
    std::vector<std::pair<std::string, std::optional<std::string>>> kept_;
};

TEST_F(Builds, VariantsComeFastestFirstAndTheBaselineLast) {
    install("llama.cpp-0.5.0", {"x64", "haswell", "zen4", "sapphirerapids", "icelake", "someday"});
    const auto builds = discover_builds(paths_);
    ASSERT_TRUE(builds && builds->size() == 1);
    EXPECT_THAT(names(builds->front()),
                ElementsAre("sapphirerapids", "zen4", "icelake", "haswell", "someday", "x64"));
}

TEST_F(Builds, AnAcceleratorComesBeforeTheCpuAlone) {
    const fs::path root = install("llama.cpp-0.5.0", {"x64", "zen4"});
    write(root / "gpu" / "cuda" / "libggml-cuda.so");
    const auto builds = discover_builds(paths_);
    ASSERT_TRUE(builds && builds->size() == 1);
    EXPECT_THAT(names(builds->front()), ElementsAre("cuda+zen4", "cuda+x64", "zen4", "x64"));
    EXPECT_EQ(builds->front().variants[0].directory, root / "cpu" / "zen4");
    EXPECT_EQ(builds->front().variants[0].extra_backend, root / "gpu" / "cuda" / "libggml-cuda.so");
}

TEST_F(Builds, AnUnfinishedInstallationIsNoBuild) {
    install("llama.cpp-0.5.0", {"x64"}, false);
    install(".installing-llama.cpp-0.6.0", {}, true);
    const auto builds = discover_builds(paths_);
    ASSERT_TRUE(builds);
    EXPECT_TRUE(builds->empty());
}

TEST_F(Builds, TheNewestVersionComesFirst) {
    install("llama.cpp-0.9.0", {"x64"});
    install("llama.cpp-0.10.0", {"x64"});
    const auto builds = discover_builds(paths_);
    ASSERT_TRUE(builds && builds->size() == 2);
    EXPECT_EQ((*builds)[0].id, "llama.cpp-0.10.0");
}

TEST_F(Builds, AServerOfTheUserIsPreferred) {
    install("llama.cpp-0.5.0", {"x64"});
    write(folder_.path() / "path" / "llama-server", true);
    const auto on_path = discover_builds(paths_);
    ASSERT_TRUE(on_path && on_path->size() == 2);
    EXPECT_EQ(on_path->front().origin, EngineBuild::Origin::kOwn);

    write(folder_.path() / "mine", true);
    ::setenv("HEARTH_ENGINE", (folder_.path() / "mine").c_str(), 1);
    const auto named = discover_builds(paths_);
    ASSERT_TRUE(named && named->size() == 2);
    EXPECT_EQ(named->front().server, folder_.path() / "mine");
}

TEST_F(Builds, AWrongHearthEngineIsSaid) {
    ::setenv("HEARTH_ENGINE", "/nowhere/llama-server", 1);
    const auto builds = discover_builds(paths_);
    ASSERT_FALSE(builds);
    EXPECT_EQ(builds.error().code(), Code::kNotFound);
    EXPECT_THAT(builds.error().message(), testing::HasSubstr("/nowhere/llama-server"));
}

TEST_F(Builds, TheFingerprintChangesWithTheFilesOfThatVariantOnly) {
    const fs::path root = install("llama.cpp-0.5.0", {"x64", "zen4"});
    const EngineBuild build = *read_build(root);
    const std::string zen4 = build_fingerprint(build, build.variants[0]);
    const std::string x64 = build_fingerprint(build, build.variants[1]);
    std::ofstream(root / "cpu" / "zen4" / "libggml-cpu-zen4.so", std::ios::app) << "more";
    EXPECT_NE(build_fingerprint(build, build.variants[0]), zen4);
    EXPECT_EQ(build_fingerprint(build, build.variants[1]), x64);
    std::ofstream(root / "bin" / "llama-server", std::ios::app) << "more";
    EXPECT_NE(build_fingerprint(build, build.variants[1]), x64);
}

}  // namespace
}  // namespace hearth::engine
