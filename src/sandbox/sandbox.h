#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/known_secrets.h"
#include "core/result.h"
#include "core/units.h"
#include "os/process.h"
#include "sandbox/gateway.h"

namespace hearth::sandbox {

// Is told of each command of a sandbox, for a record of what was run.
// Threads: any, several at once.
class Witness {
public:
    virtual ~Witness() = default;

    // `script` is about to run in `workspace`. An error keeps it from running and becomes the result of run().
    [[nodiscard]] virtual Status before(std::string_view script, const std::filesystem::path& workspace) = 0;

    // How it ended, or why it did not run.
    [[nodiscard]] virtual Status after(std::string_view script, const std::filesystem::path& workspace,
                                       const Result<os::Exit>& exit) = 0;
};

// What a contained command may see and use. Everything not named is absent: no network, no environment of
// ours, no home, no other projects.
struct Policy {
    std::filesystem::path workspace;              // absolute; the only place on disk that can be written
    std::vector<std::filesystem::path> readable;  // further folders shown read-only (toolchains)
    std::vector<std::filesystem::path>
        read_only_inside;  // files of the workspace that stay as they are (tests)
    std::vector<std::pair<std::string, std::string>>
        environment;  // added to a small fixed one (PATH, HOME, LANG, TMPDIR)
    std::chrono::milliseconds timeout{60'000};
    Bytes memory{std::int64_t{4} * kGiB};  // of all processes of a command together
    Bytes file_size{std::int64_t{1} * kGiB};
    Bytes disk{std::int64_t{16} *
               kGiB};  // written in the workspace by one command; looked at ten times a second
    Bytes temporary_space{std::int64_t{512} * kMiB};  // each of /tmp and HOME (memory-backed)
    int processes = 512;
    // Of a command that goes on for long while a person works in the folder: what appears under a protected name is taken away within a second,
    // and renamed in place of removed, since the person may have made it.
    bool keep_leftovers = false;
    std::size_t max_output = std::size_t{256} * 1024;
    std::shared_ptr<Witness>
        witness;  // shared: sandboxes of several workspaces tell the same one; may be none
    std::shared_ptr<const KnownSecrets> secrets;  // that a command's output is told without; may be none
    std::shared_ptr<Gateway> gateway;  // the one way to a network; shared as the witness is; none: no network
};

struct Host;

// Runs commands contained: bubblewrap namespaces as an unprivileged uid with no capabilities, an empty
// environment, no network, no new privileges, a system-call filter, resource limits; `.git` and editor, agent
// and shell configuration of the workspace cannot be changed. Why each is needed: design.md; what is not
// contained: docs/sandbox.md.
// Fails closed: when the container cannot start, the command does not run and the result is an error.
// Threads: any number may run commands at once, also of one object.
class Sandbox {
public:
    // Checks that containment works here (programs found, namespaces allowed, a probe is really contained).
    // Cost: one contained run of a few lines of shell, about 10 ms.
    // Errors: kUnavailable with the exact command or setting that cures it; kInvalidInput for a workspace
    // that is no folder, or that would hand over too much (/, a home, hearth's own folders).
    static Result<Sandbox> open(Policy policy);

    // `sh -c script` in the workspace. A non-zero exit is no error; Exit.reason tells a time-out. Over the
    // memory or disk limit it is killed (kSignalled). What a command made under a protected name is removed
    // afterwards; Exit.err then ends with a line saying so.
    // Errors: kUnavailable when the container did not start, kTooLarge for a script over 120 KiB,
    // kInvalidInput for a file of Policy.read_only_inside that does not exist or leads out of the workspace.
    [[nodiscard]] Result<os::Exit> run(std::string_view script, std::stop_token stop = {},
                                       const std::function<void(std::string_view)>& on_output = {}) const;

    // The same containment over another workspace (a candidate's copy). Absolute entries of read_only_inside
    // that lie in the old workspace are moved along.
    [[nodiscard]] Sandbox with_workspace(std::filesystem::path workspace) const;

    // The same containment under another policy; the checks of open() that need no run are made by run().
    [[nodiscard]] Sandbox with_policy(Policy policy) const;

    // The same containment with another time limit.
    [[nodiscard]] Sandbox with_timeout(std::chrono::milliseconds timeout) const;

    [[nodiscard]] const Policy& policy() const { return policy_; }

private:
    [[nodiscard]] Result<os::Exit> run_without_secrets(
        std::string_view script, std::stop_token stop,
        const std::function<void(std::string_view)>& on_output) const;
    [[nodiscard]] Result<os::Exit> run_contained(
        std::string_view script, std::stop_token stop,
        const std::function<void(std::string_view)>& on_output) const;

    Sandbox(Policy policy, std::shared_ptr<const Host> host)
        : policy_(std::move(policy)), host_(std::move(host)) {}

    Policy policy_;
    std::shared_ptr<const Host> host_;  // shared: looked at once, the same for every copy, never changed
};

}  // namespace hearth::sandbox
