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

}  // namespace hearth::app
