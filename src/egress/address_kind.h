#pragma once
#include <string>
#include <string_view>

namespace hearth::egress {

// Why an address ("10.0.0.7", "::ffff:127.0.0.1") is not one of the public internet, for a person: "private", "loopback", "link-local",
// "reserved", "the metadata of a cloud's machine", "no address". Empty for a public one. An address of IPv4 within one of IPv6 (mapped,
// NAT64, 6to4) is looked at as itself.
// By the registries of special-purpose addresses (RFC 6890, 8190; IANA). Threads: pure.
[[nodiscard]] std::string_view special_address(const std::string& address);

}  // namespace hearth::egress
