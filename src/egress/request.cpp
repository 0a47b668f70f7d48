#include "egress/request.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <string>
#include <string_view>

#include "core/text.h"

namespace hearth::egress {
namespace {

constexpr std::uint16_t kHttp = 80;
constexpr std::uint16_t kHttps = 443;

// Of one connection, or of this proxy; never passed on.
constexpr std::array<std::string_view, 13> kOwn = {"connection",
                                                   "keep-alive",
                                                   "proxy-connection",
                                                   "proxy-authorization",
                                                   "proxy-authenticate",
                                                   "te",
                                                   "trailer",
                                                   "transfer-encoding",
                                                   "upgrade",
                                                   "content-length",
                                                   "expect",
                                                   "alt-svc",
                                                   "http2-settings"};

Error wrong(std::string words) { return {Code::kInvalidInput, std::move(words)}; }

// The Host field has to say what is said elsewhere. HTTP/1.0 may have none.
Status check_host(const net::ServedRequest& request, const Place& place, std::uint16_t usual_port) {
    const std::string_view field = request.header("host");
    if (field.empty()) return {};
    const Place host = TRY(parse_place(field, usual_port).context("the Host field"));
    if (host == place) return {};
    return wrong(
        fmt::format("the Host field names {}, the request is for {}", describe(host), describe(place)));
}

Result<Asked> asked_in_tunnel(const net::ServedRequest& request) {
    Asked asked;
    asked.tls = true;
    asked.place = TRY(parse_place(request.tunnel, std::nullopt));
    asked.method = request.method;
    asked.path = request.target;
    TRY(check_path(asked.path));
    const std::string expected = asked.place.is_address ? std::string() : asked.place.host;
    if (to_lower_ascii(request.server_name) != expected)
        return wrong(fmt::format("TLS asks for the host '{}' and CONNECT for '{}'",
                                 printable(request.server_name), asked.place.host));
    TRY(check_host(request, asked.place, kHttps));
    return asked;
}

std::set<std::string> named_in(const net::Headers& fields) {
    std::set<std::string> names(kOwn.begin(), kOwn.end());
    for (const auto& [name, value] : fields)
        if (name == "connection")
            for (const std::string_view each : split(std::string_view(value), ','))
                names.insert(to_lower_ascii(trim(each)));
    return names;
}

}  // namespace

Result<Place> tunnel_place(const net::ServedRequest& request) {
    if (!request.tunnel.empty()) return wrong("there is no tunnel within a tunnel");
    const std::string_view length = request.header("content-length");
    if (!request.header("transfer-encoding").empty() || (!length.empty() && length != "0"))
        return wrong("CONNECT has no body");
    Place place = TRY(parse_place(request.target, std::nullopt));
    TRY(check_host(request, place, place.port));
    return place;
}

Result<Asked> asked_by(const net::ServedRequest& request) {
    if (!request.tunnel.empty()) return asked_in_tunnel(request);
    if (!request.target.contains("://"))
        return wrong(
            "this is a proxy: it wants a whole address (http://HOST/PATH), or CONNECT HOST:443 for https");
    const Url url = TRY(parse_url(request.target));
    if (url.tls) return wrong("https goes through a tunnel: CONNECT HOST:443");
    TRY(check_host(request, url.place, kHttp));
    return Asked{.tls = false, .place = url.place, .method = request.method, .path = url.path};
}

net::Headers fields_to_send(const net::Headers& fields) {
    std::set<std::string> left_out = named_in(fields);
    left_out.insert("host");
    net::Headers out;
    for (const auto& each : fields)
        if (!left_out.contains(each.first)) out.push_back(each);
    return out;
}

net::Headers fields_to_answer(const net::Headers& fields, bool with_length) {
    std::set<std::string> left_out = named_in(fields);
    if (with_length) left_out.erase("content-length");
    net::Headers out;
    for (const auto& each : fields)
        if (!left_out.contains(each.first)) out.push_back(each);
    return out;
}

}  // namespace hearth::egress
