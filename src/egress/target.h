#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::egress {

// A host and a port in their one form: what is judged is what is looked up and connected to.
struct Place {
    std::string host;         // in lower case; an address as inet_ntop writes it ("::1", without brackets)
    bool is_address = false;  // of IPv4 or IPv6
    std::uint16_t port = 0;

    friend bool operator==(const Place&, const Place&) = default;
};

// "pypi.org:443", "[2001:db8::1]:8443"; without a port the usual one, where there is one.
// Errors: kInvalidInput for all that some program might read as another host: user names, bytes outside ASCII, percent signs, empty or
// too long labels, a dot at the end, and numbers that are no plain IPv4 address ("127.1", "0x7f000001", "010.0.0.1").
// Threads: pure.
[[nodiscard]] Result<Place> parse_place(std::string_view text, std::optional<std::uint16_t> usual_port);

// As parse_place() reads it; addresses of IPv6 have brackets. The port is left out when it is the usual one.
[[nodiscard]] std::string describe(const Place& place, std::optional<std::uint16_t> usual_port = {});

struct Url {
    bool tls = false;
    Place place;
    std::string path;  // from '/' on, with the query
};

// "http://HOST[:PORT][/PATH[?QUERY]]", or https. Errors: as parse_place(); kInvalidInput for another scheme, a fragment, a backslash and
// bytes that are not visible ASCII.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// A path as requests have it behind the host: '/' and visible ASCII, no '#', no backslash. Errors: kInvalidInput.
[[nodiscard]] Status check_path(std::string_view path);

// False for a path (without its query) that servers may read as another one: segments "." and "..", encoded dots, slashes, backslashes,
// percent signs and control characters, and doubled slashes.
[[nodiscard]] bool is_plain_path(std::string_view path);

}  // namespace hearth::egress
