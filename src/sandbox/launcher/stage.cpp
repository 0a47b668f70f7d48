#include "sandbox/launcher/stage.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hearth::launcher {
namespace {

// The mount calls by number: glibc has wrappers only since 2.36, and their header clashes with the kernel's.
int open_tree_copy(const std::string& path) {
    return static_cast<int>(
        ::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

void write_map(pid_t pid, const char* file, unsigned from, unsigned to) {
    const std::string path = "/proc/" + std::to_string(pid) + "/" + file;
    const std::string line = std::to_string(from) + " " + std::to_string(to) + " 1";
    const int map = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (map < 0 || ::write(map, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        fail_errno("cannot write " + path);
    ::close(map);
}

// A user namespace that exists only to carry the two id maps; its process is gone when this returns.
int mapping_namespace(const struct stat& owner, uid_t uid, gid_t gid) {
    std::array<int, 2> ready{};
    std::array<int, 2> done{};
    if (::pipe2(ready.data(), O_CLOEXEC) != 0 || ::pipe2(done.data(), O_CLOEXEC) != 0)
        fail_errno("cannot make a pipe");
    const pid_t child = ::fork();
    if (child < 0) fail_errno("cannot fork");
    if (child == 0) {
        ::close(done[1]);
        char byte = ::unshare(CLONE_NEWUSER) == 0 ? 'y' : 'n';
        if (::write(ready[1], &byte, 1) == 1) static_cast<void>(::read(done[0], &byte, 1) == 0);
        ::_exit(0);
    }
    ::close(ready[1]);
    char answer = 'n';
    if (::read(ready[0], &answer, 1) != 1 || answer != 'y')
        fail("user namespaces are refused here (unshare CLONE_NEWUSER)");
    write_map(child, "uid_map", owner.st_uid, uid);
    write_map(child, "gid_map", owner.st_gid, gid);
    const std::string path = "/proc/" + std::to_string(child) + "/ns/user";
    const int space = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (space < 0) fail_errno("cannot open " + path);
    ::close(done[1]);
    ::close(done[0]);
    ::close(ready[0]);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return space;
}

int mapped_workspace(const std::string& workspace, uid_t uid, gid_t gid) {
    struct stat owner{};
    const int tree = open_tree_copy(workspace);
    if (tree < 0) fail_errno("cannot open the workspace " + workspace);
    if (::fstatat(tree, "", &owner, AT_EMPTY_PATH) != 0 || !S_ISDIR(owner.st_mode))
        fail("the workspace " + workspace + " is no folder");
    const int space = mapping_namespace(owner, uid, gid);
    struct mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<__u64>(space);
    if (::syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) {
        fail("the file system of " + workspace + " cannot map file owners (" + std::strerror(errno) +
             "), which is needed to run commands of root as somebody else; cure: run hearth as an ordinary "
             "user "
             "who owns the folder, or move the folder to ext4, xfs, btrfs or tmpfs (Linux 5.12 or newer)");
    }
    ::close(space);
    return tree;
}

void attach(int tree, const std::string& target) {
    struct stat kind{};
    if (::fstatat(tree, "", &kind, AT_EMPTY_PATH) != 0) fail_errno("cannot look at " + target);
    if (S_ISDIR(kind.st_mode)) {
        if (::mkdir(target.c_str(), 0755) != 0) fail_errno("cannot make " + target);
    } else {
        const int file = ::open(target.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
        if (file < 0) fail_errno("cannot make " + target);
        ::close(file);
    }
    if (::syscall(SYS_move_mount, tree, "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
        fail_errno("cannot mount " + target);
    ::close(tree);
}

}  // namespace

void fail(const std::string& what) {
    std::fprintf(stderr, "hearth-sbx: %s\n", what.c_str());
    std::exit(125);
}

void fail_errno(const std::string& what) { fail(what + ": " + std::strerror(errno)); }

void stage_as_root(const std::string& workspace, const std::vector<std::string>& readable, uid_t uid,
                   gid_t gid) {
    if (::unshare(CLONE_NEWNS) != 0) {
        fail_errno(
            "this root may not make a mount namespace (a container without CAP_SYS_ADMIN?); cure: run hearth "
            "as "
            "an ordinary user");
    }
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        fail_errno("cannot make mounts private");
    // Everything is opened before the stage covers /tmp, where a workspace may be.
    std::vector<int> trees{mapped_workspace(workspace, uid, gid)};
    for (const std::string& path : readable) {
        const int tree = open_tree_copy(path);
        if (tree < 0) fail_errno("cannot open " + path);
        trees.push_back(tree);
    }
    if (::mount("stage", kStage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") != 0)
        fail_errno("cannot mount the stage");
    for (std::size_t i = 0; i < trees.size(); ++i)
        attach(trees[i], std::string(kStage) + "/" + std::to_string(i));
}

}  // namespace hearth::launcher
