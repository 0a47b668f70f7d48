#include "app/server_address.h"

#include <array>
#include <fmt/format.h>
#include <string>
#include <variant>

#include "core/text.h"

namespace hearth::app {
namespace {

struct Prefix {
    std::string_view text;
    Scheme scheme;
};

constexpr std::array kSchemes = {Prefix{"http://", Scheme::kHttp}, Prefix{"https://", Scheme::kHttps},
                                 Prefix{"tcp://", Scheme::kUnsaid}};

}  // namespace

Result<net::Address> parse_server_address(std::string_view text) {
    auto rest = trim(text);
    if (rest.starts_with("unix:")) {
        const auto path = rest.substr(5);
        if (!path.starts_with('/'))
            return Error(Code::kInvalidInput, fmt::format("'{}': unix: wants an absolute path", text));
        return net::Address(net::UnixAddress{std::string(path)});
    }
    if (rest.starts_with("https://")) {
        return Error(
            Code::kUnsupported,
            fmt::format("'{}': only plain http to a server of this machine or network is supported", text));
    }
    if (rest.starts_with("http://")) rest.remove_prefix(7);
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) rest = rest.substr(0, slash);
    // An IPv6 address stands in brackets, since it has colons of its own.
    const auto closing = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
    const auto host =
        closing == std::string_view::npos ? rest.substr(0, rest.find(':')) : rest.substr(1, closing - 1);
    const auto behind = rest.substr(closing == std::string_view::npos ? host.size() : closing + 1);
    const auto port = behind.empty()            ? std::optional<std::int64_t>(80)
                      : behind.starts_with(':') ? parse_number(behind.substr(1))
                                                : std::nullopt;
    if (host.empty() || !port || *port < 1 || *port > 65'535) {
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' is no server address: write http://HOST:PORT or unix:/PATH", text));
    }
    return net::Address(net::TcpAddress{std::string(host), std::to_string(*port)});
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
    if (text.starts_with("unix:"))
        return ListenAddress{.address = net::UnixAddress{std::string(text.substr(5))},
                             .scheme = Scheme::kUnsaid};
    Scheme scheme = Scheme::kUnsaid;
    for (const auto& [prefix, said] : kSchemes) {
        if (!text.starts_with(prefix)) continue;
        text.remove_prefix(prefix.size());
        scheme = said;
        break;
    }
    while (text.ends_with("/"))
        text.remove_suffix(1);
    std::string host(text);
    std::string port = "11434";
    const auto colon = text.rfind(':');
    if (colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos) {
        host = std::string(text.substr(0, colon));
        port = std::string(text.substr(colon + 1));
    } else if (parse_number(text)) {
        host.clear();
        port = std::string(text);
    }
    if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
    const auto number = parse_number(port);
    if (!number || *number > 65'535)
        return Error(Code::kInvalidInput, fmt::format("'{}' is no port", printable(port)));
    return ListenAddress{.address = net::TcpAddress{.host = host.empty() ? "127.0.0.1" : host, .port = port},
                         .scheme = scheme};
}

std::string address_words(const net::Address& address) {
    return address_words(ServerPlace{.address = address, .tls = false, .key_pin = {}, .certificate = {}});
}

std::string address_words(const ServerPlace& place) {
    if (const auto* socket = std::get_if<net::UnixAddress>(&place.address))
        return "unix:" + socket->path.string();
    const auto& tcp = std::get<net::TcpAddress>(place.address);
    const char* scheme = place.tls ? "https" : "http";
    return tcp.host.find(':') == std::string::npos ? fmt::format("{}://{}:{}", scheme, tcp.host, tcp.port)
                                                   : fmt::format("{}://[{}]:{}", scheme, tcp.host, tcp.port);
}

net::Address from_here(net::Address address) {
    if (auto* tcp = std::get_if<net::TcpAddress>(&address)) {
        if (tcp->host == "0.0.0.0") tcp->host = "127.0.0.1";
        if (tcp->host == "::") tcp->host = "::1";
    }
    return address;
}

bool is_loopback(const net::Address& address) {
    const auto* tcp = std::get_if<net::TcpAddress>(&address);
    return tcp == nullptr || tcp->host == "localhost" || tcp->host == "::1" || tcp->host.starts_with("127.");
}

}  // namespace hearth::app
