// git outside goes into the submodules of a project and obeys what their `.git` leads to.
#include <filesystem>
#include <gtest/gtest.h>
#include <string>

#include "os/process.h"
#include "sandbox/sandbox.h"
#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;

class Submodules : public testing::Test {
protected:
    Submodules() {
        host("git init -q && git init -q lib/part && cd lib/part && " + kCommit +
             " && cd ../.. && "
             "printf '[submodule \"part\"]\\n\\tpath = lib/part\\n\\turl = ./part\\n[submodule "
             "\"gone\"]\\n\\tpath = gone\\n"
             "\\turl = ./x\\n' > .gitmodules && mkdir gone && git add .gitmodules lib/part 2>/dev/null && "
             "git submodule -q "
             "absorbgitdirs && test -f lib/part/.git && git update-index --add --cacheinfo "
             "160000,$(git -C lib/part rev-parse HEAD),gone && " +
             kCommit);
    }

    // Outside, by whoever runs the tests.
    os::Exit host(const std::string& script) {
        const auto exit =
            os::run({.argv = {"/bin/sh", "-c", script},
                     .environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", ground_.path().string()}},
                     .directory = ground_.workspace()});
        EXPECT_TRUE(exit && exit->ok()) << (exit ? exit->err : exit.error().message());
        return exit ? *exit : os::Exit{};
    }

    os::Exit contained(const std::string& script) {
        const auto sandbox = Sandbox::open({.workspace = ground_.workspace()});
        EXPECT_TRUE(sandbox) << sandbox.error().message();
        const auto exit = sandbox->run(script);
        EXPECT_TRUE(exit) << exit.error().message();
        return *exit;
    }

    // Puts a repository with a configuration of its own in the place of a submodule's, in one way or another.
    [[nodiscard]] std::string evil(const std::string& folder) const {
        return "git init -q new && git -C new config core.fsmonitor 'touch " + sign().string() +
               "'; rm -rf " + folder + "/.git; mv -T new/.git " + folder + "/.git || { mv " + folder +
               " aside && mkdir -p " + folder + " && mv -T new/.git " + folder + "/.git; }; true";
    }

    [[nodiscard]] fs::path sign() const { return ground_.path() / "pwn"; }

    const std::string kCommit = "git -c user.name=x -c user.email=x@x.test commit -q --allow-empty -m x";
    Ground ground_;
};

TEST_F(Submodules, AreObeyedByGitOutside) {
    host(evil("lib/part"));
    host("git status");
    EXPECT_TRUE(fs::exists(sign())) << "git does not do what these tests protect from";
}

TEST_F(Submodules, KeepTheirRepository) {
    const std::string before = get(ground_.workspace() / "lib/part/.git");
    contained(evil("lib/part"));
    EXPECT_EQ(get(ground_.workspace() / "lib/part/.git"), before);
    host("git status");
    EXPECT_FALSE(fs::exists(sign()));
}

TEST_F(Submodules, GetNoRepositoryWhereTheyHadNone) {
    const os::Exit exit = contained(evil("gone"));
    EXPECT_FALSE(fs::exists(ground_.workspace() / "gone/.git")) << exit.err;
    host("git status");
    EXPECT_FALSE(fs::exists(sign()));
}

TEST_F(Submodules, ThatBecomeLinksMakeHearthRemoveNothingElsewhere) {
    fs::create_directories(ground_.path() / "elsewhere/.git");
    contained("rmdir gone && ln -s " + (ground_.path() / "elsewhere").string() + " gone");
    EXPECT_TRUE(fs::exists(ground_.path() / "elsewhere/.git"));
}

TEST_F(Submodules, StayKnown) {
    contained("rm -f .gitmodules; echo > .gitmodules");
    contained(evil("lib/part"));
    host("git status");
    EXPECT_FALSE(fs::exists(sign()));
}

}  // namespace
}  // namespace hearth::sandbox
