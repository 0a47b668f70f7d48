#pragma once
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/fd.h"

namespace hearth::sandbox {

// Addresses that the network of the suite has besides 127.0.0.1: where clouds keep secrets, and servers of names.
inline constexpr const char* kMetadataAddress = "169.254.169.254";
inline constexpr std::array<const char*, 2> kNameServers = {"10.99.0.53", "10.99.0.54"};

// A socket bound to an address and port (listening, when it is a stream); none when that is impossible.
inline os::Fd bound(int type, const char* where, std::uint16_t port) {
    os::Fd socket(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return {};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, where, &address.sin_addr);
    const int one = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    // Several scenes share one network.
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
    if (type == SOCK_STREAM && ::listen(socket.get(), 8) != 0) return {};
    return socket;
}

namespace outer_network_detail {

inline bool add_address(int netlink, const char* text) {
    struct {
        nlmsghdr head;
        ifaddrmsg message;
        rtattr attribute;
        in_addr address;
    } request{};

    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = RTM_NEWADDR;
    request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK;
    request.message.ifa_family = AF_INET;
    request.message.ifa_prefixlen = 32;
    request.message.ifa_index = ::if_nametoindex("lo");
    request.attribute.rta_len = RTA_LENGTH(sizeof(in_addr));
    request.attribute.rta_type = IFA_LOCAL;
    ::inet_pton(AF_INET, text, &request.address);
    if (netlink < 0 || ::send(netlink, &request, sizeof request, 0) < 0) return false;

    struct {
        nlmsghdr head;
        nlmsgerr error;
        char rest[256];
    } answer{};

    return ::recv(netlink, &answer, sizeof answer, 0) > 0 && answer.head.nlmsg_type == NLMSG_ERROR &&
           answer.error.error == 0;
}

inline bool write_text(const char* path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    file.close();
    return !file.fail();
}

inline std::string set_up_addresses() {
    const os::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::memcpy(request.ifr_name, "lo", sizeof "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return "cannot bring lo up";
    const os::Fd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    for (const char* address : {kMetadataAddress, kNameServers[0], kNameServers[1]})
        if (!add_address(netlink.get(), address)) return std::string("cannot add ") + address;
    // An ordinary user listens on ports 53 and 80 here.
    if (!write_text("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0")) return "cannot open the low ports";
    return {};
}

}  // namespace outer_network_detail

// Moves this thread, and those that it starts from now on, into a network of its own: lo alone, with the addresses above, so
// that a hole in a sandbox leaks nowhere. An ordinary user needs this to be the process's only thread. Gives what went
// wrong, or nothing. A process that is in such a network already stays there.
inline std::string enter_outer_network() {
    using namespace outer_network_detail;
    if (bound(SOCK_DGRAM, kNameServers[0], 53)) return {};
    const uid_t user = ::getuid();
    const gid_t group = ::getgid();
    const int flags = user == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET;
    if (::unshare(flags) != 0) return std::string("cannot make a network: ") + std::strerror(errno);
    if (user != 0) {
        const std::string id = std::to_string(user) + " " + std::to_string(user) + " 1";
        const std::string group_id = std::to_string(group) + " " + std::to_string(group) + " 1";
        if (!write_text("/proc/self/setgroups", "deny") || !write_text("/proc/self/uid_map", id) ||
            !write_text("/proc/self/gid_map", group_id))
            return "cannot map the user";
    }
    std::string wrong = set_up_addresses();
    if (user == 0 || !wrong.empty()) return wrong;
    // What follows has the rights of an ordinary user again.
    __user_cap_header_struct head{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct none[2] = {};
    if (::syscall(SYS_capset, &head, none) != 0) return "cannot give up capabilities";
    return {};
}

}  // namespace hearth::sandbox
