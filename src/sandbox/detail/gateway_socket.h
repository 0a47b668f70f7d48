#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "os/fd.h"
#include "sandbox/gateway.h"

namespace hearth::sandbox::detail {

// Waits for the listening socket that the launcher makes in the container's own network and hands out through a pair of sockets
// (SCM_RIGHTS), and opens the gateway's door on it. The socket stays one of that network, so nothing of this machine's is shown
// inside, and no program has to pass bytes on. Threads: one owner.
class GatewaySocket {
public:
    // Errors: what socketpair() said.
    static Result<std::unique_ptr<GatewaySocket>> create(Gateway& gateway);
    ~GatewaySocket();
    GatewaySocket(const GatewaySocket&) = delete;
    GatewaySocket& operator=(const GatewaySocket&) = delete;

    // The launcher's end.
    [[nodiscard]] int launcher_end() const { return theirs_.get(); }

    [[nodiscard]] std::vector<std::string> refused() const;

private:
    GatewaySocket(Gateway& gateway, os::Fd ours, os::Fd theirs);
    void wait(Gateway& gateway);

    os::Fd ours_;
    os::Fd theirs_;
    mutable std::mutex mutex_;  // guards door_: the waiting thread makes it
    std::unique_ptr<Gateway::Door> door_;
    std::thread thread_;
};

}  // namespace hearth::sandbox::detail
