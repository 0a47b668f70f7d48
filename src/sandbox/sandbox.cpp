#include "sandbox/sandbox.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "core/text.h"
#include "os/fd.h"
#include "os/files.h"
#include "sandbox/container.h"
#include "sandbox/detail/gateway_socket.h"
#include "sandbox/disk_watch.h"
#include "sandbox/host.h"
#include "sandbox/leftover_watch.h"
#include "sandbox/memory_watch.h"
#include "sandbox/probe.h"
#include "sandbox/protected_names.h"
#include "sandbox/toolchains.h"
#include "sandbox/workspace_rules.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

// Made by launcher/seccomp_generator.cpp when hearth is built.
constexpr unsigned char kFilter[] = {
#include "sandbox/seccomp_filter.inc"
};

// One argument of a program may have 128 KiB on Linux.
constexpr std::size_t kMaxScript = std::size_t{120} * 1024;
constexpr std::size_t kMaxReason = 2000;

// A file that exists only in memory, filled and at its start.
Result<os::Fd> memory_file(const char* name, std::string_view content) {
    os::Fd file(::memfd_create(name, MFD_CLOEXEC));
    if (!file) return errno_error(errno, "cannot make a file in memory");
    TRY(os::write_all(file.get(), content, "writing a file in memory"));
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return errno_error(errno, "cannot rewind a file in memory");
    return file;
}

std::string nul_separated(const std::vector<std::string>& words) {
    std::string result;
    for (const std::string& word : words)
        result.append(word).push_back('\0');
    return result;
}

std::string_view filter_bytes() { return {reinterpret_cast<const char*>(kFilter), sizeof kFilter}; }

// The open files of one run.
struct OpenFiles {
    os::Fd arguments, filter, status, launcher, users, groups, hosts, certificates;
    std::unique_ptr<detail::GatewaySocket> gateway;

    static Result<OpenFiles> make(const fs::path& launcher, Gateway* way_out) {
        OpenFiles files;
        files.arguments = TRY(memory_file("arguments", {}));
        files.filter = TRY(memory_file("filter", filter_bytes()));
        files.status = TRY(memory_file("status", {}));
        files.users = TRY(memory_file("passwd", kUsers));
        files.groups = TRY(memory_file("group", kGroups));
        files.hosts = TRY(memory_file("hosts", kHosts));
        files.launcher = os::Fd(::open(launcher.c_str(), O_RDONLY | O_CLOEXEC));
        if (!files.launcher) return errno_error(errno, fmt::format("cannot open {}", launcher.string()));
        if (way_out == nullptr) return files;
        files.certificates = TRY(memory_file("certificates", way_out->certificates()));
        files.gateway = TRY(detail::GatewaySocket::create(*way_out));
        return files;
    }

    [[nodiscard]] Descriptors numbers() const {
        return {.arguments = arguments.get(),
                .filter = filter.get(),
                .status = status.get(),
                .launcher = launcher.get(),
                .users = users.get(),
                .groups = groups.get(),
                .hosts = hosts.get(),
                .gateway = gateway ? gateway->launcher_end() : -1,
                .certificates = certificates.get()};
    }

    [[nodiscard]] std::vector<int> all() const {
        std::vector<int> numbers{arguments.get(), filter.get(), status.get(), launcher.get(),
                                 users.get(),     groups.get(), hosts.get()};
        if (gateway) numbers.insert(numbers.end(), {gateway->launcher_end(), certificates.get()});
        return numbers;
    }

    // What the launchers wrote: "process N" from outside, then "started" from inside.
    [[nodiscard]] std::string report() const {
        std::array<char, 64> text{};
        const ssize_t count = ::pread(status.get(), text.data(), text.size(), 0);
        return {text.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
    }

    // True when the launcher said from inside that the command began, and nothing after that.
    [[nodiscard]] bool started() const { return report().ends_with("started\n"); }

    [[nodiscard]] std::optional<pid_t> process() const {
        const std::string text = report();
        constexpr std::string_view kBegin = "process ";
        if (!text.starts_with(kBegin)) return std::nullopt;
        const auto number =
            parse_number(std::string_view(text).substr(kBegin.size(), text.find('\n') - kBegin.size()));
        return number ? std::optional(static_cast<pid_t>(*number)) : std::nullopt;
    }
};

Error not_started(const os::Exit& exit) {
    const std::string said = printable(head_and_tail(trim(exit.err), kMaxReason, kMaxReason));
    const std::string cure = cure_for(said, read_namespace_settings());
    return {Code::kUnavailable,
            fmt::format("the sandbox did not start, so the command was not run: {}{}{}",
                        said.empty() ? os::describe(exit) : said, cure.empty() ? "" : "; cure: ", cure)};
}

void add_notes(os::Exit& exit, const std::vector<std::string>& notes) {
    for (const std::string& note : notes) {
        if (!exit.err.empty() && exit.err.back() != '\n') exit.err.push_back('\n');
        exit.err += "hearth: " + note + "\n";
    }
}

// os::run, but the command is killed when all its processes together hold too much memory, or have written too much.
Result<os::Exit> run_watched(const os::Command& command, const os::Limits& limits, const Policy& policy,
                             const OpenFiles& files, bool watch_memory, const std::stop_token& stop,
                             const std::function<void(std::string_view)>& on_output) {
    std::stop_source ending;
    const std::stop_callback passed_on(stop, [&ending] { ending.request_stop(); });
    const auto end = [&ending] { ending.request_stop(); };
    std::optional<MemoryWatch> memory;
    if (watch_memory) memory.emplace([&files] { return files.process(); }, policy.memory, end);
    const DiskWatch disk(policy.workspace, policy.disk, end);
    auto exit = os::run(command, limits, ending.get_token(), on_output);
    if (!exit || exit->reason != os::Exit::Reason::kStopped) return exit;
    std::string why;
    if (memory && memory->exceeded())
        why = fmt::format("held more than {} of memory", human_bytes(policy.memory));
    if (disk.exceeded())
        why = fmt::format("wrote more than {} of disk, or left too little of it free",
                          human_bytes(policy.disk));
    if (why.empty()) return exit;
    exit->reason = os::Exit::Reason::kSignalled;
    exit->code = SIGKILL;
    add_notes(*exit, {fmt::format("the command {} and was ended", why)});
    return exit;
}

// The same, and what appears under a protected name is taken away while the command goes on.
Result<os::Exit> run_for_long(const os::Command& command, const os::Limits& limits, const Policy& policy,
                              const OpenFiles& files, bool watch_memory, const ProtectedNames& names,
                              const std::stop_token& stop,
                              const std::function<void(std::string_view)>& on_output) {
    std::stop_source ending;
    const std::stop_callback passed_on(stop, [&ending] { ending.request_stop(); });
    const LeftoverWatch watch(names, [&ending] { ending.request_stop(); });
    auto exit = run_watched(command, limits, policy, files, watch_memory, ending.get_token(), on_output);
    if (!exit) return exit;
    add_notes(*exit, watch.notes());
    const auto failure = watch.failure();
    if (failure.empty() || exit->reason != os::Exit::Reason::kStopped) return exit;
    exit->reason = os::Exit::Reason::kSignalled;
    exit->code = SIGKILL;
    add_notes(*exit, {"the command was ended: " + failure});
    return exit;
}

Status check_environment(const Policy& policy) {
    for (const auto& [name, value] : policy.environment) {
        if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos ||
            value.find('\0') != std::string::npos)
            return Error(Code::kInvalidInput,
                         fmt::format("'{}' cannot be an environment variable", printable(name)));
    }
    return {};
}

Result<std::vector<fs::path>> read_only_paths(const Policy& policy, const ProtectedNames& names) {
    std::vector<fs::path> result = TRY(resolve_inside(policy.workspace, policy.read_only_inside));
    result.insert(result.end(), names.existing().begin(), names.existing().end());
    std::ranges::sort(result);
    result.erase(std::ranges::unique(result).begin(), result.end());
    return result;
}

// A file that a contained command must not see, for the probe.
Status probe(const Sandbox& sandbox) {
    const os::TempDir outside = TRY(os::TempDir::create("hearth-probe"));
    const fs::path marker = outside.path() / "marker";
    const os::Fd file(::open(marker.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644));
    if (!file) return errno_error(errno, fmt::format("cannot make {}", marker.string()));
    const os::Exit exit = TRY(sandbox.run(probe_script(marker)));
    const std::string verdict = probe_verdict(exit.out);
    if (verdict.empty()) return {};
    return Error(
        Code::kUnavailable,
        fmt::format("commands are not contained on this machine, so none will be run: in a test {} ({})",
                    verdict, os::describe(exit)));
}

}  // namespace

Result<Sandbox> Sandbox::open(Policy policy) {
    policy.workspace = TRY(resolve_workspace(policy.workspace));
    TRY(check_environment(policy));
    Host host = TRY(look_at_host(policy.workspace));
    // The probe is no command of anybody.
    std::shared_ptr<Witness> witness = std::exchange(policy.witness, nullptr);
    std::shared_ptr<Gateway> gateway = std::exchange(policy.gateway, nullptr);
    Sandbox sandbox(std::move(policy), std::make_shared<const Host>(std::move(host)));
    TRY(probe(sandbox));
    sandbox.policy_.witness = std::move(witness);
    sandbox.policy_.gateway = std::move(gateway);
    return sandbox;
}

Result<os::Exit> Sandbox::run(std::string_view script, std::stop_token stop,
                              const std::function<void(std::string_view)>& on_output) const {
    if (!policy_.witness) return run_without_secrets(script, std::move(stop), on_output);
    TRY(policy_.witness->before(script, policy_.workspace));
    auto exit = run_without_secrets(script, std::move(stop), on_output);
    TRY(policy_.witness->after(script, policy_.workspace, exit));
    return exit;
}

Result<os::Exit> Sandbox::run_without_secrets(std::string_view script, std::stop_token stop,
                                              const std::function<void(std::string_view)>& on_output) const {
    if (!policy_.secrets || policy_.secrets->empty())
        return run_contained(script, std::move(stop), on_output);
    KnownSecrets::Stream clean(*policy_.secrets);
    const auto pass_on = [&](const std::string& piece) {
        if (on_output && !piece.empty()) on_output(piece);
    };
    auto exit =
        run_contained(script, std::move(stop), [&](std::string_view piece) { pass_on(clean.take(piece)); });
    pass_on(clean.finish());
    if (!exit) return exit;
    exit->out = policy_.secrets->without(exit->out).text;
    exit->err = policy_.secrets->without(exit->err).text;
    return exit;
}

Result<os::Exit> Sandbox::run_contained(std::string_view script, std::stop_token stop,
                                        const std::function<void(std::string_view)>& on_output) const {
    if (script.size() > kMaxScript)
        return Error(Code::kTooLarge,
                     fmt::format("the command has {} bytes, and at most {} can be run; put it into a "
                                 "file of the workspace",
                                 script.size(), kMaxScript));
    if (script.find('\0') != std::string_view::npos)
        return Error(Code::kInvalidInput, "the command holds a NUL byte, which no shell can read");
    TRY(check_environment(policy_));
    Policy policy = policy_;
    policy.workspace = TRY(resolve_workspace(policy.workspace));
    const ProtectedNames names = TRY(ProtectedNames::look(policy.workspace));
    const OpenFiles files = TRY(OpenFiles::make(host_->launcher, policy.gateway.get()));
    const Container container =
        describe_container(*host_, policy, TRY(read_only_paths(policy, names)), files.numbers(), script);
    TRY(os::write_all(files.arguments.get(), nul_separated(container.arguments),
                      "writing the container's description"));
    ::lseek(files.arguments.get(), 0, SEEK_SET);

    os::Command command;
    command.argv = container.command;
    command.environment = base_environment(*host_);
    command.directory = "/";
    command.kept_descriptors = files.all();
    const os::Limits limits{.timeout = policy_.timeout, .max_output = policy_.max_output};
    auto exit =
        policy.keep_leftovers
            ? run_for_long(command, limits, policy, files, host_->can_watch_memory, names, stop, on_output)
            : run_watched(command, limits, policy, files, host_->can_watch_memory, stop, on_output);
    // Whatever became of the run, what it may have left is put right first.
    const auto notes = names.restore(policy.keep_leftovers ? ProtectedNames::Leftovers::kRenamed
                                                           : ProtectedNames::Leftovers::kRemoved);
    if (!exit) return Error(exit.error());
    if (!notes) return Error(notes.error());
    const bool ended_by_us =
        exit->reason == os::Exit::Reason::kTimedOut || exit->reason == os::Exit::Reason::kStopped;
    if (!files.started() && !ended_by_us) return not_started(*exit);
    add_notes(*exit, *notes);
    if (files.gateway) add_notes(*exit, files.gateway->refused());
    return exit;
}

Sandbox Sandbox::with_policy(Policy policy) const { return {std::move(policy), host_}; }

Sandbox Sandbox::with_timeout(std::chrono::milliseconds timeout) const {
    Sandbox other = *this;
    other.policy_.timeout = timeout;
    return other;
}

Sandbox Sandbox::with_workspace(std::filesystem::path workspace) const {
    Policy policy = policy_;
    for (fs::path& path : policy.read_only_inside)
        if (path.is_absolute() && is_within(path, policy_.workspace))
            path = path.lexically_relative(policy_.workspace);
    policy.workspace = std::move(workspace);
    return {std::move(policy), host_};
}

}  // namespace hearth::sandbox
