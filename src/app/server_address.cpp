#include "app/server_address.h"

#include <fmt/format.h>
#include <string>

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
    const auto colon = rest.rfind(':');
    const auto port = colon == std::string_view::npos ? std::optional<std::int64_t>(80)
                                                      : parse_number(rest.substr(colon + 1));
    auto host = rest.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty() || !port || *port < 1 || *port > 65'535) {
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' is no server address: write http://HOST:PORT or unix:/PATH", text));
    }
    return net::Address(net::TcpAddress{std::string(host), std::to_string(*port)});
}

}  // namespace hearth::app
