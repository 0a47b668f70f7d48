#include "os/host_names.h"

#include <arpa/inet.h>
#include <array>
#include <filesystem>
#include <ifaddrs.h>
#include <linux/if.h>
#include <memory>
#include <netinet/in.h>
#include <system_error>
#include <unistd.h>

namespace hearth::os {
namespace {

struct FreeInterfaces {
    void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

// Source: sysfs, Documentation/ABI/testing/sysfs-class-net: the folder is there for bridges alone.
bool is_bridge(const char* interface) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::path("/sys/class/net") / interface / "bridge", ignored);
}

}  // namespace

HostNames host_names() {
    HostNames names{.host = "localhost", .addresses = {}, .lasting = {}};
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0 && host.front() != '\0') names.host = host.data();
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return names;
    const std::unique_ptr<ifaddrs, FreeInterfaces> owned(list);
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        const bool up = (each->ifa_flags & static_cast<unsigned>(IFF_UP)) != 0;
        if (!up || each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
        std::array<char, INET_ADDRSTRLEN> words{};
        const auto* address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr);
        if (::inet_ntop(AF_INET, &address->sin_addr, words.data(), words.size()) == nullptr) continue;
        names.addresses.emplace_back(words.data());
        if (!is_bridge(each->ifa_name)) names.lasting.emplace_back(words.data());
    }
    return names;
}

}  // namespace hearth::os
