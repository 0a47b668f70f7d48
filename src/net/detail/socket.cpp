#include "net/detail/socket.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <thread>
#include <utility>

namespace hearth::net::detail {

namespace {

using std::chrono::milliseconds;

// How long to wait when a Unix socket's queue of connections is full; it cannot be polled for.
constexpr milliseconds kQueueFull{5};

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

int look_up(const TcpAddress& address, int flags, Addresses& found) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    const int failed = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &list);
    if (failed == 0) found.reset(list);
    return failed;
}

// What the thread that looks up a name and the one that waits for it share: whichever ends last frees it.
struct Lookup {
    TcpAddress address;
    os::Fd done;
    int failed = 0;
    Addresses found;
    std::atomic<bool> finished = false;  // after it, failed and found are the waiter's

    void run() {
        failed = look_up(address, AI_ADDRCONFIG, found);
        finished.store(true, std::memory_order_release);
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(done.get(), &one, sizeof one);
    }
};

Error no_such_host(const TcpAddress& address, int failed) {
    return {Code::kUnavailable, fmt::format("cannot find the host '{}' (port '{}'): {}", address.host,
                                            address.port, ::gai_strerror(failed))};
}

Error too_slow(const Address& address, milliseconds timeout) {
    return {Code::kTimeout,
            fmt::format("cannot connect to {} within {} ms", describe(address), timeout.count())};
}

Result<Addresses> resolve(const TcpAddress& address, const Waiter& waiter, Clock::time_point until,
                          milliseconds timeout) {
    Addresses found;
    // The usual case, without a thread.
    if (look_up(address, AI_NUMERICHOST, found) == 0) return found;
    auto lookup = std::make_shared<Lookup>();
    lookup->address = address;
    lookup->done = os::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!lookup->done) return errno_error(errno, "cannot make an event descriptor");
    try {
        std::thread([lookup] { lookup->run(); }).detach();
    } catch (const std::system_error& failed) {
        return Error(Code::kExhausted,
                     std::string("cannot start a thread for a name lookup: ") + failed.what());
    }
    const short events = TRY(waiter.wait(lookup->done.get(), POLLIN, until));
    if (events == 0) return too_slow(address, timeout);
    HEARTH_ASSERT(lookup->finished.load(std::memory_order_acquire));
    if (lookup->failed != 0) return no_such_host(address, lookup->failed);
    return std::move(lookup->found);
}

Error refused(int number, const Address& address) {
    const std::string what = fmt::format("cannot connect to {}", describe(address));
    // Both of these mean to a person that the server is not running.
    if (number == ECONNREFUSED || number == ENOENT)
        return {Code::kUnavailable, fmt::format("{}: nobody listens there", what)};
    return errno_error(number, what);
}

Result<os::Fd> connect_one(const Address& address, const sockaddr* name, socklen_t size, const Waiter& waiter,
                           Clock::time_point until, milliseconds timeout) {
    os::Fd socket(::socket(name->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return errno_error(errno, "cannot make a socket");
    while (::connect(socket.get(), name, size) != 0) {
        if (errno == EINPROGRESS || errno == EINTR) {
            if (TRY(waiter.wait(socket.get(), POLLOUT, until)) == 0) return too_slow(address, timeout);
            int number = 0;
            socklen_t length = sizeof number;
            ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &number, &length);
            if (number != 0) return refused(number, address);
            break;
        }
        if (errno != EAGAIN) return refused(errno, address);
        if (Clock::now() >= until) return too_slow(address, timeout);
        TRY(waiter.wait(-1, 0, Clock::now() + kQueueFull));
    }
    return socket;
}

Result<os::Fd> connect_unix(const UnixAddress& where, const Waiter& waiter, Clock::time_point until,
                            milliseconds timeout) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    const std::string& path = where.path.native();
    if (path.empty() || path.size() >= sizeof name.sun_path)
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' cannot be a socket: its path must have 1 to {} bytes", path,
                                 sizeof name.sun_path - 1));
    std::memcpy(name.sun_path, path.data(), path.size());
    return connect_one(where, reinterpret_cast<const sockaddr*>(&name), sizeof name, waiter, until, timeout);
}

Result<os::Fd> connect_tcp(const TcpAddress& where, const Waiter& waiter, Clock::time_point until,
                           milliseconds timeout) {
    const Addresses found = TRY(resolve(where, waiter, until, timeout));
    std::optional<Error> last;
    for (const addrinfo* each = found.get(); each != nullptr; each = each->ai_next) {
        auto socket = connect_one(where, each->ai_addr, each->ai_addrlen, waiter, until, timeout);
        if (socket) {
            const int on = 1;
            ::setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return socket;
        }
        if (socket.error().code() == Code::kCancelled || socket.error().code() == Code::kTimeout)
            return socket;
        last = std::move(socket).error();
    }
    return last ? *last : no_such_host(where, EAI_NONAME);
}

}  // namespace

std::string describe(const Address& address) {
    if (const auto* local = std::get_if<UnixAddress>(&address)) return local->path.string();
    const auto& remote = std::get<TcpAddress>(address);
    const bool numeric_v6 = remote.host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", numeric_v6 ? "[" : "", remote.host, numeric_v6 ? "]" : "", remote.port);
}

Result<Waiter> Waiter::create(std::stop_token stop, std::optional<milliseconds> total) {
    std::optional<Clock::time_point> deadline;
    if (total) deadline = Clock::now() + *total;
    os::StopEvent event = TRY(os::StopEvent::create(std::move(stop)));
    return Waiter(std::move(event), deadline);
}

Result<short> Waiter::wait(int fd, short events, std::optional<Clock::time_point> until) const {
    for (;;) {
        std::optional<Clock::time_point> next = until;
        if (deadline_ && (!next || *deadline_ < *next)) next = deadline_;
        int patience = -1;
        if (next)
            patience = static_cast<int>(std::clamp<std::int64_t>(
                std::chrono::ceil<milliseconds>(*next - Clock::now()).count(), 0, 3'600'000));
        std::array<pollfd, 2> waits = {pollfd{fd, events, 0}, pollfd{stop_.fd(), POLLIN, 0}};
        const int ready = ::poll(waits.data(), waits.size(), patience);
        if (ready < 0 && errno != EINTR) return errno_error(errno, "poll");
        if (ready > 0 && waits[1].revents != 0) return Error(Code::kCancelled, "stopped");
        if (ready > 0 && waits[0].revents != 0) return waits[0].revents;
        const Clock::time_point now = Clock::now();
        if (deadline_ && now >= *deadline_)
            return Error(Code::kTimeout, "the time limit of the exchange is over");
        if (until && now >= *until) return short{0};
    }
}

Result<os::Fd> connect_to(const Address& address, const Waiter& waiter, milliseconds timeout) {
    const Clock::time_point until = Clock::now() + timeout;
    if (const auto* local = std::get_if<UnixAddress>(&address))
        return connect_unix(*local, waiter, until, timeout);
    return connect_tcp(std::get<TcpAddress>(address), waiter, until, timeout);
}

}  // namespace hearth::net::detail
