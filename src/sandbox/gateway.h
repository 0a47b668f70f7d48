#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "os/fd.h"

namespace hearth::sandbox {

// Where a contained command finds the proxy: on loopback of its own network.
inline constexpr std::uint16_t kGatewayPort = 3128;
// Where it finds the certificates that it has to trust; programs look there by themselves.
inline constexpr std::string_view kCertificates = "/etc/ssl/certs/ca-certificates.crt";

// The one way out of a container's network, if there is one: what serves the connections that a command makes to kGatewayPort.
// Threads: any, several at once.
class Gateway {
public:
    virtual ~Gateway() = default;

    class Door {
    public:
        virtual ~Door() = default;

        // What was refused so far, in sentences; the command's error output ends with them.
        [[nodiscard]] virtual std::vector<std::string> refused() const = 0;
    };

    // Serves the connections of a socket that listens within one container, until the door is destroyed.
    [[nodiscard]] virtual std::unique_ptr<Door> open(os::Fd listener) = 0;

    // PEM.
    [[nodiscard]] virtual const std::string& certificates() const = 0;
};

}  // namespace hearth::sandbox
