#include "sandbox/container.h"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "core/text.h"
#include "sandbox/probe.h"
#include "sandbox/protected_names.h"
#include "sandbox/workspace_rules.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Descriptors kDescriptors = {
    .arguments = 11, .filter = 12, .status = 13, .launcher = 14, .users = 15, .groups = 16, .hosts = 17};

Host host(bool root) {
    Host result;
    result.root = root;
    result.bubblewrap = "/usr/bin/bwrap";
    result.launcher = "/opt/hearth/hearth-sbx";
    result.links = {{"/bin", "usr/bin"}};
    result.folders = {"/usr"};
    result.toolchains.folders = {{"/root/.pyenv", {"PYENV_ROOT", "/root/.pyenv"}}, {"/opt/a", {}}};
    result.toolchains.search = {"/root/.pyenv/shims", "/usr/bin"};
    return result;
}

// " word word word " of the options, to be searched for a run of words.
std::string options(const Container& container) { return " " + join(container.arguments, " ") + " "; }

std::string command(const Container& container) { return " " + join(container.command, " ") + " "; }

Container describe(bool root, const std::vector<fs::path>& read_only = {}) {
    return describe_container(host(root), {.workspace = "/work/project"}, read_only, kDescriptors, "echo hi");
}

TEST(Container, IsolatesEverything) {
    const std::string all = options(describe(false));
    EXPECT_THAT(all, HasSubstr(" --unshare-all --unshare-user --disable-userns "));
    EXPECT_THAT(all, HasSubstr(" --cap-drop ALL --new-session --die-with-parent "));
    EXPECT_THAT(all, HasSubstr(" --seccomp 12 "));
    EXPECT_THAT(all, HasSubstr(" --remount-ro / "));
    EXPECT_THAT(all, Not(HasSubstr("--share-net")));
}

TEST(Container, BindsRealPathsForAUserAndStagedOnesForRoot) {
    EXPECT_THAT(options(describe(false)), HasSubstr(" --bind /work/project /work/project "));
    EXPECT_THAT(options(describe(false)), HasSubstr(" --ro-bind /root/.pyenv /root/.pyenv "));
    EXPECT_THAT(options(describe(true)), HasSubstr(" --bind /tmp/0 /work/project "));
    EXPECT_THAT(options(describe(true)),
                HasSubstr(" --ro-bind /tmp/1 /opt/a --ro-bind /tmp/2 /root/.pyenv "));
}

TEST(Container, TellsTheLauncherWhatToStageOnlyForRoot) {
    EXPECT_THAT(command(describe(true)),
                HasSubstr(" outside --workspace=/work/project --readable=/opt/a --readable=/root/.pyenv "));
    EXPECT_THAT(command(describe(false)), Not(HasSubstr("--workspace")));
}

TEST(Container, EndsWithTheScriptAsOneWord) {
    const Container container = describe(false);
    EXPECT_EQ(container.command.back(), "echo hi");
    EXPECT_THAT(command(container),
                HasSubstr(" -- /usr/bin/bwrap --args 11 -- /proc/self/fd/14 inside --status=13 "));
}

TEST(Container, MakesEveryFolderAboveAKeptFileAMountPoint) {
    EXPECT_THAT(folders_above({"a/b/c", "a/d", "e"}), ElementsAre("a", "a/b"));
    EXPECT_THAT(folders_above({".git"}), IsEmpty());
    const std::string all = options(describe(true, {"tests/unit/t.py", ".git"}));
    EXPECT_THAT(all, HasSubstr(" --bind /tmp/0/tests /work/project/tests --bind /tmp/0/tests/unit "
                               "/work/project/tests/unit --ro-bind /tmp/0/.git /work/project/.git --ro-bind "
                               "/tmp/0/tests/unit/t.py /work/project/tests/unit/t.py "));
}

TEST(Container, GivesTheEnvironmentOfThePolicyInsideOnly) {
    const Container container = describe_container(
        host(false), {.workspace = "/w/p", .environment = {{"LD_PRELOAD", "x.so"}}}, {}, kDescriptors, "");
    EXPECT_THAT(options(container), HasSubstr(" --setenv LD_PRELOAD x.so "));
    EXPECT_THAT(base_environment(host(false)),
                testing::Contains(testing::Pair("PATH", "/root/.pyenv/shims:/usr/bin")));
    EXPECT_THAT(base_environment(host(false)),
                testing::Contains(testing::Pair("PYENV_ROOT", "/root/.pyenv")));
}

TEST(Cure, NamesTheSettingThatForbids) {
    EXPECT_THAT(cure_for("bwrap: No permissions to create new namespace", {.apparmor_restricts = 1}),
                HasSubstr("sysctl kernel.apparmor_restrict_unprivileged_userns=0"));
    EXPECT_THAT(cure_for("", {.unprivileged_clone = 0}), HasSubstr("kernel.unprivileged_userns_clone=1"));
    EXPECT_THAT(cure_for("", {.max_user_namespaces = 0}), HasSubstr("user.max_user_namespaces"));
    EXPECT_THAT(cure_for("bwrap: Unknown option --disable-userns", {}), HasSubstr("0.8"));
    EXPECT_THAT(cure_for("bwrap: setting up uid map: Permission denied", {}), HasSubstr("containers"));
    EXPECT_EQ(cure_for("hearth-sbx: x; cure: do y", {.apparmor_restricts = 1}), "");
    EXPECT_EQ(cure_for("something else", {}), "");
}

TEST(Probe, AcceptsOnlyWhenEveryPromiseWasSeen) {
    const std::string good =
        "user ok\nprivileges ok\nfilter ok\ncapabilities ok\nfiles ok\nsystem ok\nnetwork ok\nprocesses "
        "ok\ndone\n";
    EXPECT_EQ(probe_verdict(good), "");
    for (const std::string_view line : split_lines(good))
        EXPECT_NE(probe_verdict(replace_all(good, std::string(line) + "\n", "")), "") << line;
    EXPECT_NE(probe_verdict(""), "");
    EXPECT_NE(probe_verdict("not user ok\n"), "");
}

TEST(Probe, QuotesThePathOfItsMarker) { EXPECT_THAT(probe_script("/a'b"), HasSubstr("marker='/a'\\''b'\n")); }

TEST(ProtectedNames, CannotBeWrittenByTools) {
    for (const char* path :
         {".git/config", ".GIT/config", "sub/.git/hooks/x", ".vscode/tasks.json", ".envrc", ".bashrc"})
        EXPECT_FALSE(may_write(path)) << path;
    for (const char* path : {".gitignore", "src/a.py", ".github/workflows/x.yml", "sub/.vscode/x", "git/x"})
        EXPECT_TRUE(may_write(path)) << path;
}

TEST(WorkspaceRules, RefuseWhatIsTooMuch) {
    for (const char* folder : {"/", "/usr", "/etc/x", "/home", "/tmp", "/home/u", "/proc/1", "/dev/shm"})
        EXPECT_FALSE(check_workspace(folder, "/home/u", {})) << folder;
    EXPECT_FALSE(check_workspace("/srv", "/srv/homes/u", {}));
    EXPECT_FALSE(check_workspace("/data", "/home/u", {"/data/hearth/state"}));
    EXPECT_FALSE(check_workspace("relative", "/home/u", {}));
    for (const char* folder :
         {"/home/u/project", "/tmp/x", "/work", "/srv/app", "/data/hearth/state/copies/1"})
        EXPECT_TRUE(check_workspace(folder, "/home/u", {"/data/hearth/state"})) << folder;
    EXPECT_TRUE(check_workspace("/app", "", {""}));
}

}  // namespace
}  // namespace hearth::sandbox
