// Runs at build time: writes the system-call filter of the sandbox as C++ bytes on standard output, so that
// the program itself needs no libseccomp. What is denied and why: design.md, "System calls".
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <initializer_list>
#include <linux/sched.h>
#include <seccomp.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// Denied with EPERM: what changes mounts, namespaces, other processes, the kernel or the clock.
constexpr std::initializer_list<const char*> kForbidden = {"mount",
                                                           "umount",
                                                           "umount2",
                                                           "pivot_root",
                                                           "chroot",
                                                           "open_tree",
                                                           "move_mount",
                                                           "fsopen",
                                                           "fsconfig",
                                                           "fsmount",
                                                           "fspick",
                                                           "mount_setattr",
                                                           "unshare",
                                                           "setns",
                                                           "ptrace",
                                                           "process_vm_readv",
                                                           "process_vm_writev",
                                                           "process_madvise",
                                                           "kcmp",
                                                           "pidfd_getfd",
                                                           "bpf",
                                                           "perf_event_open",
                                                           "userfaultfd",
                                                           "add_key",
                                                           "request_key",
                                                           "keyctl",
                                                           "name_to_handle_at",
                                                           "open_by_handle_at",
                                                           "init_module",
                                                           "finit_module",
                                                           "delete_module",
                                                           "kexec_load",
                                                           "kexec_file_load",
                                                           "reboot",
                                                           "swapon",
                                                           "swapoff",
                                                           "acct",
                                                           "quotactl",
                                                           "quotactl_fd",
                                                           "lookup_dcookie",
                                                           "syslog",
                                                           "settimeofday",
                                                           "clock_settime",
                                                           "clock_settime64",
                                                           "clock_adjtime",
                                                           "clock_adjtime64",
                                                           "adjtimex",
                                                           "stime",
                                                           "iopl",
                                                           "ioperm",
                                                           "modify_ldt",
                                                           "vm86",
                                                           "vm86old",
                                                           "vhangup",
                                                           "sethostname",
                                                           "setdomainname",
                                                           "uselib",
                                                           "nfsservctl",
                                                           "fanotify_init",
                                                           "move_pages",
                                                           "migrate_pages"};

// Denied with ENOSYS, so that programs take the older call, whose arguments a filter can see.
constexpr std::initializer_list<const char*> kAbsent = {"io_uring_setup", "io_uring_enter",
                                                        "io_uring_register", "clone3", "openat2"};

constexpr std::uint64_t kNamespaceFlags[] = {CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,   CLONE_NEWNET,
                                             CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP};
constexpr std::uint64_t kLow32 = 0xffffffffU;
constexpr std::uint64_t kTiocsti = 0x5412;    // puts keys into the terminal
constexpr std::uint64_t kTioclinux = 0x541c;  // pastes on a console
constexpr int kFchmodat2 = 452;  // newer than the library's table; same number on every architecture

[[noreturn]] void fail(const std::string& what, int number) {
    std::fprintf(stderr, "seccomp_generator: %s: error %d\n", what.c_str(), number);
    std::exit(1);
}

class Filter {
public:
    Filter() : context_(seccomp_init(SCMP_ACT_ALLOW)) {
        if (context_ == nullptr) fail("seccomp_init", ENOMEM);
        // A 32-bit or x32 call is judged by another table: no such process may go on.
        check(seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
              "foreign architectures");
        check(seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2), "search tree");
    }

    Filter(const Filter&) = delete;
    Filter& operator=(const Filter&) = delete;

    ~Filter() { seccomp_release(context_); }

    void deny(const char* name, int error) {
        const int number = seccomp_syscall_resolve_name(name);
        // A negative number other than the error is a call that this architecture does not have.
        if (number == __NR_SCMP_ERROR || number < 0) return;
        check(seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), number, 0,
                                     nullptr),
              name);
    }

    void deny_when(const char* name, int error, std::initializer_list<scmp_arg_cmp> when) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number >= 0) deny_number_when(number, error, when);
    }

    void deny_number_when(int number, int error, std::initializer_list<scmp_arg_cmp> when) {
        check(seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), number,
                                     static_cast<unsigned>(when.size()), when.begin()),
              "rule for call " + std::to_string(number));
    }

    [[nodiscard]] std::string bytes() const {
        const int file = memfd_create("filter", MFD_CLOEXEC);
        if (file < 0) fail("memfd_create", errno);
        check(seccomp_export_bpf(context_, file), "seccomp_export_bpf");
        std::string content(static_cast<std::size_t>(lseek(file, 0, SEEK_END)), '\0');
        if (pread(file, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size()))
            fail("pread", errno);
        close(file);
        return content;
    }

private:
    static void check(int result, const std::string& what) {
        if (result != 0) fail(what, -result);
    }

    scmp_filter_ctx context_;
};

scmp_arg_cmp bits(unsigned argument, std::uint64_t mask) {
    return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = mask};
}

scmp_arg_cmp low_word(unsigned argument, std::uint64_t value) {
    return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = kLow32, .datum_b = value};
}

scmp_arg_cmp compare(unsigned argument, scmp_compare how, std::uint64_t value) {
    return {.arg = argument, .op = how, .datum_a = value, .datum_b = 0};
}

// Only internet sockets: a Unix socket file in the workspace would lead out of the network namespace.
void deny_socket_families(Filter& filter) {
    filter.deny_when("socket", EAFNOSUPPORT, {compare(0, SCMP_CMP_LT, AF_INET)});
    for (std::uint64_t family = AF_INET + 1; family < AF_INET6; ++family)
        filter.deny_when("socket", EAFNOSUPPORT, {compare(0, SCMP_CMP_EQ, family)});
    filter.deny_when("socket", EAFNOSUPPORT, {compare(0, SCMP_CMP_GT, AF_INET6)});
}

// Files of the workspace belong to its owner on the host, who may be root: a set-id program made inside would
// be a real one outside.
void deny_set_id_files(Filter& filter) {
    for (const std::uint64_t bit : {std::uint64_t{S_ISUID}, std::uint64_t{S_ISGID}}) {
        filter.deny_when("chmod", EPERM, {bits(1, bit)});
        filter.deny_when("fchmod", EPERM, {bits(1, bit)});
        filter.deny_when("fchmodat", EPERM, {bits(2, bit)});
        filter.deny_number_when(kFchmodat2, EPERM, {bits(2, bit)});
        filter.deny_when("creat", EPERM, {bits(1, bit)});
        filter.deny_when("mknod", EPERM, {bits(1, bit)});
        filter.deny_when("mknodat", EPERM, {bits(2, bit)});
        // The mode argument means something only when a file may be made.
        for (const std::uint64_t makes : {std::uint64_t{O_CREAT}, std::uint64_t{O_TMPFILE & ~O_DIRECTORY}}) {
            filter.deny_when("open", EPERM, {bits(1, makes), bits(2, bit)});
            filter.deny_when("openat", EPERM, {bits(2, makes), bits(3, bit)});
        }
    }
}

}  // namespace

int main() {
    Filter filter;
    for (const char* name : kForbidden)
        filter.deny(name, EPERM);
    for (const char* name : kAbsent)
        filter.deny(name, ENOSYS);
    for (const std::uint64_t flag : kNamespaceFlags)
        filter.deny_when("clone", EPERM, {bits(0, flag)});
    filter.deny_when("ioctl", EPERM, {low_word(1, kTiocsti)});
    filter.deny_when("ioctl", EPERM, {low_word(1, kTioclinux)});
    // Asking for the current personality (all ones) stays.
    filter.deny_when("personality", EPERM, {compare(0, SCMP_CMP_NE, kLow32)});
    deny_socket_families(filter);
    deny_set_id_files(filter);

    const std::string content = filter.bytes();
    for (std::size_t i = 0; i < content.size(); ++i)
        std::printf("%u,%c", static_cast<unsigned char>(content[i]), i % 24 == 23 ? '\n' : ' ');
    std::printf("\n");
    return 0;
}
