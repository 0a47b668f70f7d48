#pragma once
#include <string>
#include <vector>

namespace hearth::os {

// What this machine is called and where it is reached, as the system says now.
struct HostNames {
    std::string host;                    // "desk"; "localhost" where the system has no other name
    std::vector<std::string> addresses;  // IPv4, of the interfaces that are up: "127.0.0.1", "192.168.1.7"
    // Those of them that are no bridge's: bridges of containers and virtual machines come and go.
    std::vector<std::string> lasting;
};

[[nodiscard]] HostNames host_names();

}  // namespace hearth::os
