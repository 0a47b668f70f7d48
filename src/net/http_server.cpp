#include "net/http_server.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/detail/http_session.h"
#include "net/detail/socket_file.h"

namespace hearth::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

std::string_view ServedRequest::header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, [](const auto& each) { return each.first; });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view ServedRequest::path() const {
    const std::string_view all = target;
    return all.substr(0, all.find('?'));
}

struct HttpServer::State {
    std::shared_ptr<detail::ServerState> shared;
    std::vector<tcp::acceptor> ports;
    std::vector<stream_protocol::acceptor> sockets;
    std::vector<detail::SocketFile> files;  // of the sockets
    // Shared with the coroutines that accept there, which end a step after they are closed.
    std::map<std::uint64_t, std::shared_ptr<tcp::acceptor>> adopted;
    std::uint64_t last_adopted = 0;
};

Task<void> Responder::open_tunnel(std::shared_ptr<const TlsIdentity> /*tls*/) {
    co_return Error(Code::kUnsupported, "there are no tunnels through this server");
}

namespace {

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);

Error listen_error(const ErrorCode& error, const std::string& where) {
    Code code = Code::kUnavailable;
    if (error == asio::error::address_in_use) code = Code::kConflict;
    if (error == asio::error::access_denied) code = Code::kPermission;
    return Error(code, fmt::format("cannot listen on {}: {}", where, error.message()));
}

std::string peer_words(const tcp::socket& socket) {
    ErrorCode ignored;
    const tcp::endpoint end = socket.remote_endpoint(ignored);
    const std::string host = end.address().to_string();
    return end.address().is_v6() ? fmt::format("[{}]:{}", host, end.port())
                                 : fmt::format("{}:{}", host, end.port());
}

bool from_here(const tcp::socket& socket) {
    ErrorCode ignored;
    const asio::ip::address address = socket.remote_endpoint(ignored).address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

// When descriptors ran out, accepting again at once would only burn the processor.
asio::awaitable<void> pause(asio::io_context& loop) {
    asio::steady_timer timer(loop, std::chrono::milliseconds(100));
    co_await timer.async_wait(kQuiet);
}

// Tells a client for whom there is no place, as far as that needs no waiting. What it has asked already is read, because it would take the
// answer with it.
void turn_away(int socket) {
    constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
        "Content-Length: 58\r\nConnection: close\r\n\r\n"
        "{\"error\":\"the server has too many connections; try again\"}";
    std::array<char, 4096> asked{};
    [[maybe_unused]] const ssize_t got = ::recv(socket, asked.data(), asked.size(), MSG_DONTWAIT);
    [[maybe_unused]] const ssize_t sent =
        ::send(socket, kFull.data(), kFull.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::shutdown(socket, SHUT_WR);
}

struct Peer {
    std::string words;
    bool loopback = false;
};

Peer greet(tcp::socket& socket) {
    ErrorCode ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    return {.words = peer_words(socket), .loopback = from_here(socket)};
}

Peer greet(stream_protocol::socket& /*socket*/) { return {.words = "unix", .loopback = true}; }

template <typename Acceptor>
asio::awaitable<void> accept_all(Acceptor& acceptor, HttpServer::TlsSource tls,
                                 std::shared_ptr<detail::ServerState> state, std::string peer_name = {}) {
    while (acceptor.is_open() && !state->draining) {
        typename Acceptor::protocol_type::socket socket(state->loop);
        const auto accepted = co_await acceptor.async_accept(socket, kQuiet);
        const ErrorCode error = std::get<0>(accepted);
        if (error == asio::error::operation_aborted) co_return;
        detail::ConnectionBook& connections = state->connections;
        if (error == asio::error::no_descriptors && connections.close_longest_waiting()) continue;
        if (error) {
            co_await pause(state->loop);
            continue;
        }
        if (connections.size() >= state->limits.max_connections && !connections.close_longest_waiting()) {
            if (!tls) turn_away(socket.native_handle());
            continue;
        }
        Peer peer = greet(socket);
        if (!peer_name.empty()) peer.words = peer_name;
        detail::Accepted taken{.socket = std::move(socket),
                               .peer = std::move(peer.words),
                               .loopback = peer.loopback,
                               .tls = tls ? tls() : nullptr};
        asio::co_spawn(state->loop, detail::serve_connection(std::move(taken), state), asio::detached);
    }
}

asio::awaitable<void> accept_adopted(std::shared_ptr<tcp::acceptor> acceptor, std::string peer,
                                     std::shared_ptr<detail::ServerState> state) {
    HttpServer::TlsSource plain;
    co_await accept_all(*acceptor, std::move(plain), std::move(state), std::move(peer));
}

// Errors: kConflict when somebody listens there already.
Result<detail::SocketFile> bind_socket(stream_protocol::acceptor& acceptor,
                                       const std::filesystem::path& path) {
    if (path.empty() || path.native().size() > detail::kMostSocketPath)
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' cannot be a socket: its path must have 1 to {} bytes", path.string(),
                                 detail::kMostSocketPath));
    const stream_protocol::endpoint place(path.string());
    ErrorCode error;
    acceptor.open(stream_protocol(), error);
    if (!error) acceptor.bind(place, error);
    if (error == asio::error::address_in_use && detail::remove_dead_socket(path)) acceptor.bind(place, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return listen_error(error, path.string());
    return detail::SocketFile(path);
}

}  // namespace

HttpServer::HttpServer(asio::io_context& loop, ServerLimits limits, Handler handler, BodyChoice in_pieces)
    : state_(std::make_shared<State>()) {
    state_->shared = std::make_shared<detail::ServerState>(detail::ServerState{
        .loop = loop, .limits = limits, .handler = std::move(handler), .in_pieces = std::move(in_pieces)});
    // Coroutines hold references to acceptors, so these must not move.
    state_->ports.reserve(16);
    state_->sockets.reserve(16);
}

HttpServer::~HttpServer() { stop_accepting(); }

Result<std::uint16_t> HttpServer::listen(const Address& address, TlsSource tls) {
    HEARTH_ASSERT(state_->ports.size() < 16 && state_->sockets.size() < 16);
    auto& loop = state_->shared->loop;
    ErrorCode error;
    if (const auto* unix_address = std::get_if<UnixAddress>(&address)) {
        stream_protocol::acceptor acceptor(loop);
        state_->files.push_back(TRY(bind_socket(acceptor, unix_address->path)));
        auto& kept = state_->sockets.emplace_back(std::move(acceptor));
        asio::co_spawn(loop, accept_all(kept, TlsSource(), state_->shared), asio::detached);
        return std::uint16_t{0};
    }
    const auto& place = std::get<TcpAddress>(address);
    const std::string where = place.host + ":" + place.port;
    tcp::resolver resolver(loop);
    const auto found = resolver.resolve(place.host, place.port, tcp::resolver::passive, error);
    if (error || found.empty())
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' is no address of this machine: {}", where, error.message()));
    const tcp::endpoint endpoint = found.begin()->endpoint();
    tcp::acceptor acceptor(loop);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return listen_error(error, where);
    const std::uint16_t port = acceptor.local_endpoint(error).port();
    auto& kept = state_->ports.emplace_back(std::move(acceptor));
    asio::co_spawn(loop, accept_all(kept, std::move(tls), state_->shared), asio::detached);
    return port;
}

std::uint64_t HttpServer::adopt(os::Fd listener, std::string peer) {
    auto& loop = state_->shared->loop;
    auto acceptor = std::make_shared<tcp::acceptor>(loop, tcp::v4(), listener.release());
    const std::uint64_t number = ++state_->last_adopted;
    state_->adopted.emplace(number, acceptor);
    asio::co_spawn(loop, accept_adopted(std::move(acceptor), std::move(peer), state_->shared),
                   asio::detached);
    return number;
}

void HttpServer::drop(std::uint64_t adopted) {
    const auto found = state_->adopted.find(adopted);
    if (found == state_->adopted.end()) return;
    ErrorCode ignored;
    found->second->close(ignored);
    state_->adopted.erase(found);
}

void HttpServer::stop_accepting() {
    ErrorCode ignored;
    for (auto& [number, acceptor] : state_->adopted)
        acceptor->close(ignored);
    state_->adopted.clear();
    state_->shared->draining = true;
    for (auto& acceptor : state_->ports)
        acceptor.close(ignored);
    for (auto& acceptor : state_->sockets)
        acceptor.close(ignored);
    state_->files.clear();
}

void HttpServer::close_all() { state_->shared->connections.close_all(); }

std::size_t HttpServer::busy() const { return state_->shared->busy; }

std::size_t HttpServer::connections() const { return state_->shared->connections.size(); }

}  // namespace hearth::net
