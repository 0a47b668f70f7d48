#include "app/server_address.h"

#include <fmt/format.h>
#include <string>
#include <variant>

#include "core/text.h"

namespace hearth::app {

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

Result<net::Address> parse_listen_address(std::string_view text) {
    if (text.starts_with("unix:")) return net::UnixAddress{std::string(text.substr(5))};
    for (const std::string_view scheme : {"http://", "tcp://"})
        if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
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
    return net::TcpAddress{.host = host.empty() ? "127.0.0.1" : host, .port = port};
}

std::string address_words(const net::Address& address) {
    if (const auto* socket = std::get_if<net::UnixAddress>(&address)) return "unix:" + socket->path.string();
    const auto& tcp = std::get<net::TcpAddress>(address);
    return tcp.host.find(':') == std::string::npos ? fmt::format("http://{}:{}", tcp.host, tcp.port)
                                                   : fmt::format("http://[{}]:{}", tcp.host, tcp.port);
}

}  // namespace hearth::app
