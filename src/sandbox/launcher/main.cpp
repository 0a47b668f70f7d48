// hearth-sbx: the small program between hearth and bubblewrap. It is run twice for each contained command.
//
//   hearth-sbx outside [--workspace=PATH --readable=PATH...] --status=FD --processes=N --keep=FD... -- bwrap ...
//     on the host: writes its number to FD, gives up root for a uid of its own (root only), sets resource limits, closes every other
//     descriptor and becomes bubblewrap.
//   hearth-sbx inside --status=FD --processes=N [--gateway=FD --gateway-port=N] --writable=PATH... -- COMMAND...
//     in the container, past all of bubblewrap's set-up: builds the second wall, tells hearth so by writing to FD, and becomes
//     the command.
//
// It links nothing of hearth and is static: it starts in a fraction of a millisecond and works in any mount
// tree.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include "sandbox/launcher/listener.h"
#include "sandbox/launcher/stage.h"
#include "sandbox/launcher/wall.h"

namespace hearth::launcher {
namespace {

// One uid per running launcher, far above those of people and of ordinary containers: two sandboxes of root
// never share a uid, so neither can signal the other or use up its process limit. pid_max is at most 2^22.
constexpr uid_t kFirstUid = 0x60000000;

struct Options {
    std::string workspace;
    std::vector<std::string> readable;
    std::vector<std::string> writable;
    std::vector<int> keep;
    std::optional<std::uint64_t> address_space;
    std::optional<std::uint64_t> file_size;
    std::optional<std::uint64_t> open_files;
    std::optional<std::uint64_t> processes;
    int status = -1;
    int gateway = -1;
    std::uint16_t gateway_port = 0;
    char** command = nullptr;
};

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) fail("not a number: " + std::string(text));
    return value;
}

void take_option(Options& options, std::string_view name, std::string_view value) {
    if (name == "--workspace") return static_cast<void>(options.workspace = value);
    if (name == "--readable") return static_cast<void>(options.readable.emplace_back(value));
    if (name == "--writable") return static_cast<void>(options.writable.emplace_back(value));
    if (name == "--keep") return options.keep.push_back(static_cast<int>(number(value)));
    if (name == "--address-space") return static_cast<void>(options.address_space = number(value));
    if (name == "--file-size") return static_cast<void>(options.file_size = number(value));
    if (name == "--open-files") return static_cast<void>(options.open_files = number(value));
    if (name == "--processes") return static_cast<void>(options.processes = number(value));
    if (name == "--status") return static_cast<void>(options.status = static_cast<int>(number(value)));
    if (name == "--gateway") return static_cast<void>(options.gateway = static_cast<int>(number(value)));
    if (name == "--gateway-port")
        return static_cast<void>(options.gateway_port = static_cast<std::uint16_t>(number(value)));
    fail("unknown option " + std::string(name));
}

Options parse(int count, char** arguments) {
    Options options;
    for (int i = 2; i < count; ++i) {
        const std::string_view word = arguments[i];
        if (word == "--") {
            options.command = arguments + i + 1;
            break;
        }
        const std::size_t equals = word.find('=');
        if (equals == std::string_view::npos) fail("unknown argument " + std::string(word));
        take_option(options, word.substr(0, equals), word.substr(equals + 1));
    }
    if (options.command == nullptr || *options.command == nullptr) fail("no command given");
    return options;
}

void limit(decltype(RLIMIT_AS) what, const std::optional<std::uint64_t>& value, const char* name) {
    if (!value) return;
    struct rlimit now{};
    ::getrlimit(what, &now);
    // A hard limit that is lower already stays.
    const rlim_t wanted = std::min<rlim_t>(*value, now.rlim_max);
    const struct rlimit set{.rlim_cur = wanted, .rlim_max = wanted};
    if (::setrlimit(what, &set) != 0) fail_errno(std::string("cannot limit ") + name);
}

// close_range by number: the wrapper is newer than some C libraries we build with.
void close_others(std::vector<int> keep) {
    std::ranges::sort(keep);
    unsigned from = 3;
    for (const int descriptor : keep) {
        const auto kept = static_cast<unsigned>(descriptor);
        if (kept > from) ::syscall(SYS_close_range, from, kept - 1, 0U);
        from = std::max(from, kept + 1);
    }
    if (::syscall(SYS_close_range, from, ~0U, 0U) != 0)
        fail_errno("cannot close descriptors (Linux 5.9 or newer is needed)");
}

// When memory runs out, the kernel ends a contained command before the engine or the user's programs. Where
// this is refused the kernel's own choice stands.
void go_first_when_memory_ends() {
    constexpr std::string_view kScore = "500";
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    static_cast<void>(::write(file, kScore.data(), kScore.size()) > 0);
    ::close(file);
}

void become(uid_t id) {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(id, id, id) != 0 || ::setresuid(id, id, id) != 0)
        fail_errno("cannot give up root for uid " + std::to_string(id) +
                   "; cure: run hearth as an ordinary user");
}

void report(const Options& options, std::string_view line) {
    if (::write(options.status, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        fail_errno("cannot report");
}

[[noreturn]] void outside(const Options& options) {
    const pid_t parent = ::getppid();
    const bool root = ::geteuid() == 0;
    // The number stays the same when this process becomes bubblewrap.
    report(options, "process " + std::to_string(::getpid()) + "\n");
    go_first_when_memory_ends();
    if (root) {
        const uid_t id = kFirstUid + static_cast<uid_t>(::getpid());
        stage_as_root(options.workspace, options.readable, id, id);
        become(id);
    }
    if (::getuid() == 0 || ::geteuid() == 0 || ::getgid() == 0) fail("refusing to run anything as root");
    // Changing the uid forgot the wish to die with the parent, who may be gone already.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail_errno("cannot tie this process to its parent");
    if (::getppid() != parent) fail("hearth ended");
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail_errno("cannot forbid new privileges");
    limit(RLIMIT_CORE, 0, "core files");
    limit(RLIMIT_AS, options.address_space, "memory");
    limit(RLIMIT_FSIZE, options.file_size, "file size");
    limit(RLIMIT_NOFILE, options.open_files, "open files");
    // An ordinary user's other programs count as well out here, so there the limit is set inside.
    if (root) limit(RLIMIT_NPROC, options.processes, "processes");
    // Files are never made writable for others; the engine and the user's own programs go first.
    ::umask(::umask(0) | S_IWGRP | S_IWOTH);
    ::setpriority(PRIO_PROCESS, 0, 5);
    if (::chdir("/") != 0) fail_errno("cannot change to /");
    close_others(options.keep);
    ::execve(options.command[0], options.command, environ);
    fail_errno(std::string("cannot run ") + options.command[0]);
}

[[noreturn]] void inside(const Options& options) {
    limit(RLIMIT_NPROC, options.processes, "processes");
    if (options.gateway >= 0) hand_out_listener(options.gateway, options.gateway_port);
    build_wall(options.writable);
    report(options, "started\n");
    // Kept until the command runs, so that a failure to run it can still be told.
    if (::fcntl(options.status, F_SETFD, FD_CLOEXEC) != 0) fail_errno("cannot mark the report to be closed");
    close_others({options.status});
    ::execve(options.command[0], options.command, environ);
    const int error = errno;
    constexpr std::string_view kFailed = "failed\n";
    static_cast<void>(::write(options.status, kFailed.data(), kFailed.size()) > 0);
    errno = error;
    fail_errno(std::string("cannot run ") + options.command[0]);
}

}  // namespace
}  // namespace hearth::launcher

int main(int count, char** arguments) {
    using namespace hearth::launcher;
    const std::string_view mode = count > 1 ? arguments[1] : "";
    if (mode == "outside") outside(parse(count, arguments));
    if (mode == "inside") inside(parse(count, arguments));
    fail("this program is started by hearth, not by hand");
}
