#include "remote/base_url.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

#include "core/text.h"

namespace hearth::remote {
namespace {

constexpr std::size_t kMostUrl = 1000;
constexpr std::size_t kMostHost = 253;
constexpr std::int64_t kMostPort = 65535;

Error wrong(std::string_view text, std::string_view why) {
    return {Code::kInvalidInput, fmt::format("'{}' {}: write http://HOST:PORT/v1 or https://HOST/v1",
                                             printable(text.substr(0, 200)), why)};
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= kMostHost && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

std::optional<std::array<std::uint8_t, 4>> as_v4(const std::string& host) {
    std::array<std::uint8_t, 4> bytes{};
    if (::inet_pton(AF_INET, host.c_str(), bytes.data()) != 1) return std::nullopt;
    return bytes;
}

std::optional<std::array<std::uint8_t, 16>> as_v6(const std::string& host) {
    std::array<std::uint8_t, 16> bytes{};
    if (::inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) return std::nullopt;
    return bytes;
}

// Source: RFC 1918, RFC 3927 (link-local).
bool is_private_v4(const std::array<std::uint8_t, 4>& bytes) {
    return bytes[0] == 127 || bytes[0] == 10 || (bytes[0] == 172 && bytes[1] >= 16 && bytes[1] < 32) ||
           (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254);
}

// Source: RFC 4291 (loopback, link-local), RFC 4193 (unique local).
bool is_private_v6(const std::array<std::uint8_t, 16>& bytes) {
    const bool loopback =
        bytes.back() == 1 && std::all_of(bytes.begin(), bytes.end() - 1, [](auto b) { return b == 0; });
    return loopback || (bytes[0] & 0xfeU) == 0xfcU || (bytes[0] == 0xfeU && (bytes[1] & 0xc0U) == 0x80U);
}

// The part between scheme and path into host and port.
Status take_authority(std::string_view text, std::string_view whole, BaseUrl& url) {
    if (text.contains('@')) return wrong("the URL", "has a user in it, and secrets are set apart");
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return wrong(whole, "has a '[' without its ']'");
        url.host = to_lower_ascii(text.substr(1, end - 1));
        if (!as_v6(url.host)) return wrong(whole, "has no IPv6 address between its brackets");
        port = text.substr(end + 1);
        if (!port.empty() && port.front() != ':') return wrong(whole, "has no port behind its address");
    } else {
        const auto colon = text.find(':');
        url.host = to_lower_ascii(text.substr(0, colon));
        if (!is_host(url.host)) return wrong(whole, "names no host");
        if (colon != std::string_view::npos) port = text.substr(colon);
    }
    url.port = url.tls ? "443" : "80";
    if (port.empty()) return {};
    const auto number = parse_number(port.substr(1));
    if (!number || *number < 1 || *number > kMostPort) return wrong(whole, "has no port from 1 to 65535");
    url.port = std::to_string(*number);
    return {};
}

}  // namespace

Result<BaseUrl> parse_base_url(std::string_view text) {
    if (text.size() > kMostUrl) return wrong(text, "is too long");
    BaseUrl url;
    const std::string scheme = to_lower_ascii(text.substr(0, 8));
    std::string_view rest = text;
    if (scheme == "https://") {
        url.tls = true;
        rest.remove_prefix(8);
    } else if (scheme.starts_with("http://")) {
        rest.remove_prefix(7);
    } else {
        return wrong(text, "is no URL of a server");
    }
    const auto slash = rest.find('/');
    TRY(take_authority(rest.substr(0, slash), text, url));
    std::string_view path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    for (const char c : path)
        if (c <= ' ' || c >= '\x7f' || c == '?' || c == '#')
            return wrong(text, "has more than a plain path behind its host");
    while (path.ends_with('/'))
        path.remove_suffix(1);
    url.path = path;
    return url;
}

std::string url_words(const BaseUrl& url) {
    const bool numeric_v6 = url.host.contains(':');
    const bool usual_port = url.port == (url.tls ? "443" : "80");
    return fmt::format("{}://{}{}{}{}{}{}", url.tls ? "https" : "http", numeric_v6 ? "[" : "", url.host,
                       numeric_v6 ? "]" : "", usual_port ? "" : ":", usual_port ? "" : url.port, url.path);
}

net::TcpAddress address_of(const BaseUrl& url) { return {.host = url.host, .port = url.port}; }

std::string target_of(const BaseUrl& url, std::string_view route) {
    constexpr std::string_view kApi = "/v1";
    std::string_view path = url.path;
    if (route.starts_with("/v1/")) return std::string(path).append(route.substr(kApi.size()));
    if (path.ends_with(kApi)) path.remove_suffix(kApi.size());
    return std::string(path).append(route);
}

bool is_private(const BaseUrl& url) {
    if (const auto v4 = as_v4(url.host)) return is_private_v4(*v4);
    if (const auto v6 = as_v6(url.host)) return is_private_v6(*v6);
    const std::string_view host = url.host;
    return !host.contains('.') || host.ends_with(".local") || host.ends_with(".lan") ||
           host.ends_with(".internal") || host.ends_with(".home.arpa");
}

}  // namespace hearth::remote
