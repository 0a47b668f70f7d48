#include "sandbox/launcher/listener.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/launcher/stage.h"

namespace hearth::launcher {

void hand_out_listener(int pair, std::uint16_t port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(port);
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || ::bind(listener, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0 ||
        ::listen(listener, SOMAXCONN) != 0)
        fail_errno("cannot listen in the container's network");
    char byte = 'l';
    iovec piece{.iov_base = &byte, .iov_len = 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof listener);
    std::memcpy(CMSG_DATA(head), &listener, sizeof listener);
    if (::sendmsg(pair, &message, MSG_NOSIGNAL) != 1) fail_errno("cannot hand out the listening socket");
    ::close(listener);
    ::close(pair);
}

}  // namespace hearth::launcher
