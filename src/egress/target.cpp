#include "egress/target.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "core/text.h"

namespace hearth::egress {
namespace {

constexpr std::size_t kMostHost = 253;
constexpr std::size_t kMostLabel = 63;
constexpr std::size_t kMostPath = 32'768;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

Error wrong(std::string_view text, std::string_view why) {
    constexpr std::size_t kMostShown = 200;
    return {Code::kInvalidInput, fmt::format("'{}' {}", printable(utf8_front(text, kMostShown)), why)};
}

// As inet_ntop writes it; empty for what is none.
std::string address_form(const std::string& text, int family) {
    std::array<unsigned char, 16> bytes{};
    std::array<char, INET6_ADDRSTRLEN> form{};
    if (::inet_pton(family, text.c_str(), bytes.data()) != 1) return {};
    return ::inet_ntop(family, bytes.data(), form.data(), form.size()) == nullptr ? std::string()
                                                                                  : form.data();
}

bool is_label(std::string_view label) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_'; };
    return !label.empty() && label.size() <= kMostLabel && std::ranges::all_of(label, fits) &&
           label.front() != '-' && label.back() != '-';
}

// Whether programs would take a host with this last label for an address: a number, in any base.
bool is_number_of_any_base(std::string_view label) {
    if (std::ranges::all_of(label, is_digit)) return true;
    return label.starts_with("0x") && std::ranges::all_of(label.substr(2), is_hex);
}

Result<Place> parse_host(std::string_view text) {
    Place place;
    if (text.starts_with('[')) {
        if (!text.ends_with(']')) return wrong(text, "is no address of IPv6");
        place.host = address_form(std::string(text.substr(1, text.size() - 2)), AF_INET6);
        place.is_address = true;
        if (place.host.empty()) return wrong(text, "is no address of IPv6");
        return place;
    }
    place.host = to_lower_ascii(text);
    if (place.host.empty() || place.host.size() > kMostHost) return wrong(text, "is no name of a host");
    const std::vector<std::string_view> labels = split(std::string_view(place.host), '.');
    if (!std::ranges::all_of(labels, is_label)) return wrong(text, "is no name of a host");
    if (!is_number_of_any_base(labels.back())) return place;
    // inet_pton takes four decimal numbers without zeros in front, and nothing else.
    if (address_form(place.host, AF_INET) != place.host)
        return wrong(text, "is no plain address: write it as four decimal numbers");
    place.is_address = true;
    return place;
}

Result<std::uint16_t> parse_port(std::string_view text) {
    const auto number = parse_number(text);
    constexpr std::size_t kMostDigits = 5;
    if (!number || text.size() > kMostDigits || text.front() == '0' || *number > 65535)
        return wrong(text, "is no port");
    return static_cast<std::uint16_t>(*number);
}

int hex_value(char c) { return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

// What a percent sign at `at` stands for; -1 for no two digits.
int encoded(std::string_view path, std::size_t at) {
    if (at + 2 >= path.size() || !is_hex(path[at + 1]) || !is_hex(path[at + 2])) return -1;
    return hex_value(path[at + 1]) * 16 + hex_value(path[at + 2]);
}

bool is_trap(int byte) {
    return byte < 0x20 || byte == '.' || byte == '/' || byte == '\\' || byte == '%' || byte == 0x7f;
}

}  // namespace

Result<Place> parse_place(std::string_view text, std::optional<std::uint16_t> usual_port) {
    std::string_view host = text;
    std::optional<std::uint16_t> port = usual_port;
    const std::size_t colon = text.rfind(':');
    const std::size_t bracket = text.rfind(']');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        host = text.substr(0, colon);
        if (colon + 1 == text.size()) return wrong(text, "has no port behind its colon");
        port = TRY(parse_port(text.substr(colon + 1)));
    }
    if (!port) return wrong(text, "names no port");
    Place place = TRY(parse_host(host));
    place.port = *port;
    return place;
}

std::string describe(const Place& place, std::optional<std::uint16_t> usual_port) {
    const bool brackets = place.host.contains(':');
    std::string words = brackets ? fmt::format("[{}]", place.host) : place.host;
    if (usual_port != place.port) words += fmt::format(":{}", place.port);
    return words;
}

Status check_path(std::string_view path) {
    if (!path.starts_with('/')) return wrong(path, "is no path: it begins with no '/'");
    if (path.size() > kMostPath) return wrong(path, fmt::format("is longer than {} bytes", kMostPath));
    const bool good = std::ranges::all_of(path, is_visible) && !path.contains('#') && !path.contains('\\');
    if (!good) return wrong(path, "is no path: it has a character that must be encoded");
    return {};
}

Result<Url> parse_url(std::string_view text) {
    Url url;
    std::string_view rest = text;
    const std::string scheme = to_lower_ascii(text.substr(0, text.find(':')));
    if (scheme != "http" && scheme != "https") return wrong(text, "is neither http:// nor https://");
    rest.remove_prefix(scheme.size());
    if (!rest.starts_with("://")) return wrong(text, "is neither http:// nor https://");
    rest.remove_prefix(3);
    url.tls = scheme == "https";
    const std::size_t end = rest.find_first_of("/?#\\");
    url.place = TRY(parse_place(rest.substr(0, end), url.tls ? std::uint16_t{443} : std::uint16_t{80}));
    url.path = end == std::string_view::npos ? "/" : std::string(rest.substr(end));
    if (url.path.starts_with('?')) url.path.insert(0, "/");
    TRY(check_path(url.path));
    return url;
}

bool is_plain_path(std::string_view path) {
    for (std::size_t at = 0; at < path.size(); ++at)
        if (path[at] == '%' && is_trap(encoded(path, at))) return false;
    if (!path.starts_with('/')) return false;
    const std::vector<std::string_view> segments = split(path.substr(1), '/');
    for (std::size_t i = 0; i < segments.size(); ++i) {
        // What some servers take for parameters of a segment is no part of its name.
        const std::string_view name = segments[i].substr(0, segments[i].find(';'));
        const bool last = i + 1 == segments.size();
        if (name == "." || name == ".." || (name.empty() && !(last && segments[i].empty()))) return false;
    }
    return true;
}

}  // namespace hearth::egress
