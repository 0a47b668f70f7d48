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

#include "core/result.h"
#include "core/units.h"
#include "os/process.h"

namespace hearth::sandbox {

// What a contained command may see and use. Everything not named is absent: no network, no environment of ours, no
// home, no other projects.
struct Policy {
    std::filesystem::path workspace;                     // absolute; the only place on disk that can be written
    std::vector<std::filesystem::path> readable;         // further folders shown read-only (toolchains)
    std::vector<std::filesystem::path> read_only_inside;  // files of the workspace that stay as they are (tests)
    std::vector<std::pair<std::string, std::string>> environment;  // added to a small fixed one (PATH, HOME, LANG, TMPDIR)
    std::chrono::milliseconds timeout{60'000};
    Bytes memory{std::int64_t{4} * kGiB};                // address space of each process
    Bytes file_size{std::int64_t{1} * kGiB};
    Bytes temporary_space{std::int64_t{512} * kMiB};     // each of /tmp and HOME (memory-backed)
    int processes = 512;
    std::size_t max_output = std::size_t{256} * 1024;
};

// Runs commands contained: bubblewrap namespaces as an unprivileged uid with no capabilities, an empty environment, no
// network, no new privileges, a seccomp filter, resource limits; `.git` and editor and shell configuration of the workspace are mount points
// that cannot be renamed or written. Why each is needed: design.md.
// Fails closed: when the container cannot start, the command does not run and the result is an error.
class Sandbox {
public:
    // Checks once that containment works here (program found, namespaces allowed, a probe is really contained).
    // Errors: kUnavailable with the exact command or setting that cures it.
    static Result<Sandbox> open(Policy policy);

    // `sh -c script` in the workspace. A non-zero exit is no error; Exit.reason tells a time-out.
    // Errors: kUnavailable when the container did not start, kCancelled.
    [[nodiscard]] Result<os::Exit> run(std::string_view script, std::stop_token stop = {},
                                       const std::function<void(std::string_view)>& on_output = {}) const;

    // The same containment over another workspace (a candidate's copy).
    [[nodiscard]] Sandbox with_workspace(std::filesystem::path workspace) const;

    [[nodiscard]] const Policy& policy() const { return policy_; }

private:
    explicit Sandbox(Policy policy) : policy_(std::move(policy)) {}
    Policy policy_;
};

}  // namespace hearth::sandbox
