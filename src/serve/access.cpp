#include "serve/access.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>

#include "core/text.h"

namespace hearth::serve {
namespace {

// "host:port" and "[v6]:port" without the port and brackets.
std::string_view without_port(std::string_view host) {
    if (host.starts_with("[")) {
        const auto end = host.find(']');
        return end == std::string_view::npos ? host : host.substr(1, end - 1);
    }
    const auto colon = host.find(':');
    return host.substr(0, colon);
}

bool is_private(const boost::asio::ip::address& address) {
    if (address.is_loopback()) return true;
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xF0U) == 16) ||
               (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254) ||
               (bytes[0] == 100 && (bytes[1] & 0xC0U) == 64);
    }
    const auto bytes = address.to_v6().to_bytes();
    return address.to_v6().is_link_local() || (bytes[0] & 0xFEU) == 0xFC;
}

bool is_local_origin(std::string_view origin) {
    for (const std::string_view scheme :
         {"app://", "file://", "tauri://", "vscode-webview://", "vscode-file://"})
        if (origin.starts_with(scheme)) return true;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!origin.starts_with(scheme)) continue;
        const auto host = without_port(origin.substr(scheme.size()));
        boost::system::error_code error;
        const auto address = boost::asio::ip::make_address(std::string(host), error);
        // Pages of other machines of the LAN are foreign, unlike their addresses in Host.
        return host == "localhost" || host.ends_with(".localhost") || (!error && address.is_loopback());
    }
    return false;
}

}  // namespace

bool is_local_host(std::string_view given) {
    const std::string host = to_lower_ascii(without_port(given));
    if (host.empty()) return true;  // HTTP/1.0
    for (const std::string_view end : {".localhost", ".local", ".internal", ".lan", ".home.arpa"})
        if (host.ends_with(end)) return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    if (!error) return is_private(address);
    return host == "localhost" || host.find('.') == std::string::npos;
}

Status check_access(const net::ServedRequest& request, const std::vector<std::string>& origins) {
    const auto host = request.header("host");
    if (request.loopback && !is_local_host(host))
        return Error(
            Code::kPermission,
            fmt::format("the Host '{}' is not a name of this machine; ask for localhost", printable(host)));
    const auto origin = request.header("origin");
    if (origin.empty() || is_local_origin(origin)) return {};
    if (std::ranges::find(origins, origin) != origins.end()) return {};
    return Error(Code::kPermission, fmt::format("pages of {} may not ask here; allow them with --origin {}",
                                                printable(origin), printable(origin)));
}

net::Headers cors_headers(const net::ServedRequest& request) {
    const auto origin = request.header("origin");
    if (origin.empty()) return {};
    return {{"Access-Control-Allow-Origin", std::string(origin)},
            {"Vary", "Origin"},
            {"Access-Control-Allow-Methods", "GET, POST, DELETE, HEAD, OPTIONS"},
            {"Access-Control-Allow-Headers", "*, Authorization, Content-Type, x-api-key, anthropic-version"},
            {"Access-Control-Expose-Headers", "X-Hearth-Queue, Retry-After"},
            {"Access-Control-Max-Age", "3600"}};
}

}  // namespace hearth::serve
