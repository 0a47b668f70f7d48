#pragma once
#include <string>
#include <sys/types.h>
#include <vector>

namespace hearth::launcher {

// Ends this program with a sentence on standard error; hearth shows it as the reason why the sandbox did not
// start.
[[noreturn]] void fail(const std::string& what);

// The same with what errno says.
[[noreturn]] void fail_errno(const std::string& what);

// Folder of the private mount namespace that holds the staged folders, numbered from 0 in the order given.
inline constexpr const char* kStage = "/tmp";

// Run by root: makes `workspace` and the `readable` paths reachable for another uid, in a mount namespace of
// this process alone: they are bound at /tmp/0, /tmp/1, ... so that no private parent folder is in the way.
// The workspace is mapped so that its owner's files belong to `uid` and `gid` there, and what is written
// belongs to the owner on disk. Fails (ends the program) where the kernel or the file system cannot do that.
void stage_as_root(const std::string& workspace, const std::vector<std::string>& readable, uid_t uid,
                   gid_t gid);

}  // namespace hearth::launcher
