#include "sandbox/launcher/wall.h"

#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/launcher/stage.h"

namespace hearth::launcher {
namespace {

// The kernel's interface (include/uapi/linux/landlock.h), which headers of older systems have in part. The numbers of the
// calls are the same on every architecture.
constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr std::uint32_t kAskVersion = 1;
constexpr int kPathBeneath = 1;

struct RulesetAttributes {
    std::uint64_t handled_files = 0;
    std::uint64_t handled_network = 0;  // since version 4
    std::uint64_t scoped = 0;           // since version 6
};

struct __attribute__((packed)) PathBeneath {
    std::uint64_t allowed = 0;
    std::int32_t folder = -1;
};

constexpr std::uint64_t kWriteFile = 1U << 1U;
constexpr std::uint64_t kMakeCharacterDevice = 1U << 6U;
constexpr std::uint64_t kMakeBlockDevice = 1U << 11U;
// Removing folders and files; making folders, files, sockets, pipes and links.
constexpr std::uint64_t kChangeFolders =
    1U << 4U | 1U << 5U | 1U << 7U | 1U << 8U | 1U << 9U | 1U << 10U | 1U << 12U;
constexpr std::uint64_t kRefer = 1U << 13U;             // since version 2: moving and linking between folders
constexpr std::uint64_t kTruncate = 1U << 14U;          // since version 3
constexpr std::uint64_t kScopes = 1U << 0U | 1U << 1U;  // abstract sockets, signals

std::uint64_t known_to(long version) {
    std::uint64_t known = kWriteFile | kChangeFolders | kMakeCharacterDevice | kMakeBlockDevice;
    if (version >= 2) known |= kRefer;
    if (version >= 3) known |= kTruncate;
    return known;
}

void allow(int ruleset, const std::string& path, std::uint64_t what) {
    PathBeneath rule;
    rule.allowed = what;
    rule.folder = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (rule.folder < 0) fail_errno("cannot open " + path);
    if (::syscall(kAddRule, ruleset, kPathBeneath, &rule, 0U) != 0)
        fail_errno("cannot allow writing in " + path);
    ::close(rule.folder);
}

}  // namespace

void build_wall(const std::vector<std::string>& writable) {
    const long version = ::syscall(kCreateRuleset, nullptr, 0, kAskVersion);
    // In version 1 no file could be moved to another folder at all, which ordinary programs do.
    if (version < 2) return;
    const std::uint64_t known = known_to(version);
    RulesetAttributes attributes{
        .handled_files = known, .handled_network = 0, .scoped = version >= 6 ? kScopes : 0};
    const std::size_t size = version >= 6   ? sizeof attributes
                             : version >= 4 ? 2 * sizeof(std::uint64_t)
                                            : sizeof(std::uint64_t);
    const int ruleset = static_cast<int>(::syscall(kCreateRuleset, &attributes, size, 0U));
    if (ruleset < 0) fail_errno("cannot describe the second wall");
    for (const std::string& path : writable)
        allow(ruleset, path, known & ~(kMakeCharacterDevice | kMakeBlockDevice));
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail_errno("cannot forbid new privileges");
    if (::syscall(kRestrictSelf, ruleset, 0U) != 0) fail_errno("cannot build the second wall");
    ::close(ruleset);
}

}  // namespace hearth::launcher
