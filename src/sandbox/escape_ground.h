#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "core/result.h"
#include "os/fd.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::sandbox {

// Things outside a sandbox that nothing contained may reach: sockets that notice every visit, a process, a file in /tmp.
// Threads: one owner.
class EscapeTargets {
public:
    // The process runs as `user` where this process is root. Errors: what the system said.
    static Result<EscapeTargets> make(uid_t user);

    // Also listens at a path, for Unix sockets that lie in a workspace.
    [[nodiscard]] Status listen_at(const std::filesystem::path& path);

    // Notices visits to a further socket.
    void watch(os::Fd stream_or_datagram_socket);

    // Whether somebody came since it was last asked.
    [[nodiscard]] bool visited();

    // Whether the process outside is still there.
    [[nodiscard]] bool process_lives() { return !process_->poll(); }

    [[nodiscard]] pid_t process() const { return process_->pid(); }

    // The script with {PID} {TCP} {UDP} {ABS} {TMPFILE} filled in.
    [[nodiscard]] std::string filled(std::string script) const;

private:
    EscapeTargets() = default;

    std::unique_ptr<os::TempDir> folder_;
    std::unique_ptr<os::Child> process_;
    os::Fd path_listener_;
    std::vector<os::Fd> listeners_;
    std::uint16_t tcp_port_ = 0;
    std::uint16_t udp_port_ = 0;
    std::string abstract_name_;
};

// The scene of one attempt: a workspace with what a project has, and beside it what nobody in it may touch. Made new for
// each attempt, under `parent`.
class EscapeGround {
public:
    // Everything in the workspace belongs to `owner` (root can choose one).
    static Result<EscapeGround> make(const std::filesystem::path& parent, EscapeTargets& targets,
                                     uid_t owner);

    [[nodiscard]] const std::filesystem::path& workspace() const { return workspace_; }

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

    // The script with all placeholders filled in.
    [[nodiscard]] std::string filled(std::string script) const;

    // What an attempt that printed `output` has done that it must not: sentences, each ended by "; ". Empty: contained.
    [[nodiscard]] std::string damage(std::string_view output);

private:
    EscapeGround(os::TempDir folder, EscapeTargets& targets);
    Status plant(uid_t owner);

    os::TempDir folder_;
    std::filesystem::path workspace_;
    EscapeTargets& targets_;
};

}  // namespace hearth::sandbox
