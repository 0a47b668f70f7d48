#include "sandbox/detail/gateway_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <utility>

namespace hearth::sandbox::detail {
namespace {

// The one descriptor that a message carries; none for any other message.
os::Fd descriptor_of(msghdr& message) {
    const cmsghdr* head = CMSG_FIRSTHDR(&message);
    if (head == nullptr || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS ||
        head->cmsg_len != CMSG_LEN(sizeof(int)))
        return os::Fd();
    int number = -1;
    std::memcpy(&number, CMSG_DATA(head), sizeof number);
    return os::Fd(number);
}

os::Fd receive(int from) {
    char byte = 0;
    iovec piece{.iov_base = &byte, .iov_len = 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    ssize_t got = -1;
    do {
        got = ::recvmsg(from, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    return got == 1 ? descriptor_of(message) : os::Fd();
}

}  // namespace

Result<std::unique_ptr<GatewaySocket>> GatewaySocket::create(Gateway& gateway) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return errno_error(errno, "cannot make a pair of sockets for the container's network");
    return std::unique_ptr<GatewaySocket>(new GatewaySocket(gateway, os::Fd(ends[0]), os::Fd(ends[1])));
}

GatewaySocket::GatewaySocket(Gateway& gateway, os::Fd ours, os::Fd theirs)
    : ours_(std::move(ours)), theirs_(std::move(theirs)), thread_([this, &gateway] { wait(gateway); }) {}

GatewaySocket::~GatewaySocket() {
    // Wakes the thread where no socket ever came.
    ::shutdown(ours_.get(), SHUT_RDWR);
    thread_.join();
}

void GatewaySocket::wait(Gateway& gateway) {
    os::Fd listener = receive(ours_.get());
    if (!listener) return;
    auto door = gateway.open(std::move(listener));
    const std::scoped_lock lock(mutex_);
    door_ = std::move(door);
}

std::vector<std::string> GatewaySocket::refused() const {
    const std::scoped_lock lock(mutex_);
    return door_ == nullptr ? std::vector<std::string>() : door_->refused();
}

}  // namespace hearth::sandbox::detail
