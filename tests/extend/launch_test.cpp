#include "extend/launch.h"

#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "extend/discovery.h"
#include "os/files.h"

namespace hearth::extend {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

class LaunchTest : public testing::Test {
protected:
    LaunchTest() { ::setenv("HEARTH_NODE", "/bin/true", 1); }

    ~LaunchTest() override { ::unsetenv("HEARTH_NODE"); }

    fs::path write(const std::string& name, const std::string& text = "", unsigned mode = 0644) {
        const auto path = root() / name;
        EXPECT_TRUE(os::write_file_atomic(path, text, mode));
        return path;
    }

    [[nodiscard]] fs::path root() const { return fs::canonical(folder_.path()); }

    [[nodiscard]] Result<Source> source(const std::string& name) const {
        return source_of(root() / name, "user", places_);
    }

    // Relative paths of what pi would load.
    [[nodiscard]] std::vector<std::string> extensions(const std::string& folder) const {
        std::vector<std::string> out;
        const auto found = pi_extensions(root() / folder);
        if (!found) return {found.error().message()};
        for (const auto& each : *found)
            out.push_back(each.lexically_relative(root() / folder).string());
        return out;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-launch-test");
    LaunchPlaces places_{.workspace = "/work", .node_host = folder_.path() / "host"};
};

TEST_F(LaunchTest, AProgramIsStartedAsItIs) {
    write("guard.py", "#!/usr/bin/env python3\n", 0755);
    const auto found = source("guard.py");
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->name, "guard");
    EXPECT_THAT(found->command.argv, ElementsAre((root() / "guard.py").string()));
    EXPECT_EQ(found->command.directory, "/work");
}

TEST_F(LaunchTest, AScriptOfPiIsGivenToNode) {
    write("x.ts");
    const auto found = source("x.ts");
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_THAT(found->command.argv,
                ElementsAre("/bin/true", EndsWith("/host.mjs"), (root() / "x.ts").string()));
    EXPECT_TRUE(fs::exists(fs::path(found->command.argv[1]).parent_path() / "typebox.mjs"));
}

TEST_F(LaunchTest, AManifestNamesItsCommand) {
    write("g/extension.toml", "name = \"guard\"\ncommand = [\"python3\", \"main.py\", \"--x\"]\n");
    write("g/main.py");
    const auto found = source("g");
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->name, "guard");
    EXPECT_THAT(found->command.argv, ElementsAre("python3", (root() / "g/main.py").string(), "--x"));
}

TEST_F(LaunchTest, SecretsOfTheEnvironmentAreNotPassedOnUnlessNamed) {
    ::setenv("HEARTH_LAUNCH_TEST_TOKEN", "secret", 1);
    write("a/extension.toml", "command = [\"x\"]\n");
    write("b/extension.toml", "command = [\"x\"]\nenvironment = [\"HEARTH_LAUNCH_TEST_TOKEN\"]\n");
    const auto has = [&](const std::string& name) {
        for (const auto& [key, value] : source(name)->command.environment)
            if (key == "HEARTH_LAUNCH_TEST_TOKEN") return true;
        return false;
    };
    EXPECT_FALSE(has("a"));
    EXPECT_TRUE(has("b"));
    ::unsetenv("HEARTH_LAUNCH_TEST_TOKEN");
}

TEST_F(LaunchTest, SaysWhatIsMissing) {
    write("note.md");
    fs::create_directory(root() / "empty");
    EXPECT_EQ(source("none").error().code(), Code::kNotFound);
    EXPECT_THAT(source("note.md").error().message(), HasSubstr("chmod +x"));
    EXPECT_THAT(source("empty").error().message(), HasSubstr("has no extension"));
    write("x.ts");
    ::setenv("HEARTH_NODE", "/nonexistent/node", 1);
    EXPECT_THAT(source("x.ts").error().message(), HasSubstr("Node 22.18"));
}

TEST_F(LaunchTest, APackageNamesItsExtensions) {
    write("p/package.json", R"({"pi":{"extensions":["./src/*.ts","./more","!./src/skip.ts"]}})");
    write("p/src/a.ts");
    write("p/src/skip.ts");
    write("p/src/deep/b.ts");
    write("p/more/index.ts");
    write("p/more/other.ts");
    EXPECT_THAT(extensions("p"), ElementsAre("src/a.ts", "more/index.ts"));
}

TEST_F(LaunchTest, WithoutAManifestThereAreConventions) {
    write("p/extensions/b.js");
    write("p/extensions/a.ts");
    write("p/extensions/types.d.ts");
    write("p/extensions/c/index.ts");
    EXPECT_THAT(extensions("p"), ElementsAre("extensions/a.ts", "extensions/b.js", "extensions/c/index.ts"));
    write("q/index.ts");
    EXPECT_THAT(extensions("q"), ElementsAre("index.ts"));
}

TEST_F(LaunchTest, NothingOutsideOfAPackageIsLoaded) {
    write("secret.ts");
    write("p/package.json", R"({"pi":{"extensions":["../secret.ts"]}})");
    EXPECT_THAT(extensions("p"), ElementsAre(HasSubstr("outside of its folder")));
    write("q/package.json", R"({"pi":{"extensions":["./link.ts"]}})");
    fs::create_symlink("../secret.ts", root() / "q/link.ts");
    EXPECT_THAT(extensions("q"), ElementsAre(HasSubstr("outside of its folder")));
}

TEST_F(LaunchTest, PatternsStayWithinAFolderUnlessTheySayOtherwise) {
    EXPECT_TRUE(fits_pattern("src/a.ts", "src/*.ts"));
    EXPECT_FALSE(fits_pattern("src/x/a.ts", "src/*.ts"));
    EXPECT_TRUE(fits_pattern("src/x/y/a.ts", "src/**/*.ts"));
    EXPECT_TRUE(fits_pattern("src/a.ts", "src/**/*.ts"));
    EXPECT_FALSE(fits_pattern("src/a.tsx", "src/?.ts"));
    EXPECT_TRUE(fits_pattern("", ""));
}

TEST_F(LaunchTest, FindsExtensionsInAFolder) {
    write("e/b.ts");
    write("e/a.py", "#!/bin/sh\n", 0755);
    write("e/notes.md");
    write("e/.hidden.ts");
    write("e/c/extension.toml", "command = [\"x\"]\n");
    fs::create_directories(root() / "e/empty");
    std::vector<std::string> names;
    for (const auto& each : extensions_in(root() / "e"))
        names.push_back(each.filename().string());
    EXPECT_THAT(names, ElementsAre("a.py", "b.ts", "c"));
    EXPECT_THAT(extensions_in(root() / "none"), IsEmpty());
}

TEST_F(LaunchTest, ADigestShowsEveryChange) {
    write("w/.pi/extensions/a/index.ts", "one");
    write("w/.hearth/extensions/b.js", "two");
    const auto digest = [&] { return *extensions_digest(project_extensions(root() / "w")); };
    const auto before = digest();
    EXPECT_EQ(before, digest());
    write("w/.pi/extensions/a/helper.ts", "new");
    const auto after = digest();
    EXPECT_NE(before, after);
    write("w/.hearth/extensions/b.js", "2wo");
    EXPECT_NE(after, digest());
}

}  // namespace
}  // namespace hearth::extend
