#include "extend/packages.h"

#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"
#include "os/process.h"

namespace hearth::extend {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Kind = PackageSource::Kind;

TEST(PackageSource, ReadsNpmNames) {
    const auto plain = parse_source("npm:tools", "/");
    EXPECT_EQ(plain->kind, Kind::kNpm);
    EXPECT_EQ(plain->name, "tools");
    EXPECT_EQ(plain->wanted, "");
    const auto scoped = parse_source("npm:@ann/tools@^1.2.0", "/");
    EXPECT_EQ(scoped->name, "@ann/tools");
    EXPECT_EQ(scoped->wanted, "^1.2.0");
    for (const auto* bad :
         {"npm:", "npm:../x", "npm:a/b", "npm:--global", "npm:Up", "npm:x@--y", "npm:.x", "npm:@a"})
        EXPECT_FALSE(parse_source(bad, "/")) << bad;
}

TEST(PackageSource, ReadsAddressesOfGit) {
    EXPECT_EQ(parse_source("git:github.com/ann/tools@v1", "/")->name, "https://github.com/ann/tools");
    EXPECT_EQ(parse_source("git:github.com/ann/tools@v1", "/")->wanted, "v1");
    EXPECT_EQ(parse_source("git:git@github.com:ann/tools", "/")->name, "git@github.com:ann/tools");
    EXPECT_EQ(parse_source("https://host/a/b", "/")->kind, Kind::kGit);
    for (const auto* bad :
         {"git:", "git:--upload-pack=x", "git:ext::sh -c x", "git:host/a@--x", "git:ext::x/y"})
        EXPECT_FALSE(parse_source(bad, "/")) << bad;
}

TEST(PackageSource, AllElseIsAPath) {
    EXPECT_EQ(parse_source("./a/../b/", "/home/ann")->name, "/home/ann/b");
    EXPECT_EQ(parse_source("/x", "/home/ann")->kind, Kind::kPath);
    EXPECT_FALSE(parse_source(" ", "/"));
}

TEST(Packages, AreWrittenAndRead) {
    const std::vector<Package> packages = {{"npm:x", "1", "1.0.0", "sha512-a", "/p/x"},
                                           {"/elsewhere", "", "", "", "/elsewhere"}};
    const auto read = parse_packages(packages_json(packages));
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->front().hash, "sha512-a");
    EXPECT_EQ(read->back().folder, "/elsewhere");
    EXPECT_FALSE(parse_packages("{}"));
    EXPECT_FALSE(parse_packages(R"({"version":1,"packages":[{"source":"x","folder":"relative"}]})"));
}

class PackageStoreTest : public testing::Test {
protected:
    PackageStoreTest() { ::setenv("HEARTH_NODE", "/bin/true", 1); }

    ~PackageStoreTest() override { ::unsetenv("HEARTH_NODE"); }

    static void git(const fs::path& folder, std::vector<std::string> words) {
        os::Command command;
        command.argv = {"git", "-C", folder.string(), "-c", "user.name=a", "-c", "user.email=a@b"};
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        command.environment = os::environment_of({"PATH"});
        const auto exit = os::run(command);
        ASSERT_TRUE(exit && exit->ok()) << (exit ? exit->err : exit.error().message());
    }

    fs::path repository() {
        auto folder = folder_.path() / "source";
        EXPECT_TRUE(os::write_file_atomic(folder / "index.ts", "export default function () {}\n"));
        git(folder, {"init", "-q", "-b", "main"});
        git(folder, {"add", "."});
        git(folder, {"commit", "-qm", "one"});
        return folder;
    }

    Result<Package> install(const std::string& source) {
        return store_.install(TRY(parse_source(source, "/")), {});
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-packages-test");
    PackageStore store_{folder_.path() / "config" / "packages.json", folder_.path() / "data"};
};

TEST_F(PackageStoreTest, APackageFromGitIsKeptWithItsCommit) {
    const auto source = "git:file://" + repository().string();
    const auto package = install(source);
    ASSERT_TRUE(package) << package.error().message();
    EXPECT_EQ(package->version.size(), 40U);
    EXPECT_TRUE(fs::exists(package->folder / "index.ts"));
    ASSERT_EQ(store_.list()->size(), 1U);
    ASSERT_TRUE(store_.remove(package->source));
    EXPECT_FALSE(fs::exists(package->folder));
    EXPECT_TRUE(store_.list()->empty());
}

TEST_F(PackageStoreTest, WhatFailsLeavesWhatWasThere) {
    const auto repo = repository();
    const auto source = "git:file://" + repo.string();
    const auto package = *install(source);
    EXPECT_FALSE(install(source + "@no-such-ref"));
    EXPECT_TRUE(fs::exists(package.folder / "index.ts"));
    fs::remove(repo / "index.ts");
    git(repo, {"commit", "-qam", "two"});
    const auto empty = store_.update(package, {});
    ASSERT_FALSE(empty);
    EXPECT_THAT(empty.error().message(), HasSubstr("has no extension"));
    EXPECT_TRUE(fs::exists(package.folder / "index.ts"));
    EXPECT_EQ(store_.list()->front().version, package.version);
}

TEST_F(PackageStoreTest, APathIsNeitherCopiedNorRemoved) {
    const auto folder = repository();
    const auto package = install(folder.string());
    ASSERT_TRUE(package);
    EXPECT_EQ(package->folder, fs::canonical(folder));
    ASSERT_TRUE(store_.remove(package->source));
    EXPECT_TRUE(fs::exists(folder / "index.ts"));
    EXPECT_EQ(store_.remove(package->source).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace hearth::extend
