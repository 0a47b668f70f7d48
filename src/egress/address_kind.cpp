#include "egress/address_kind.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <span>

namespace hearth::egress {
namespace {

struct Range4 {
    std::uint32_t first = 0;
    int bits = 0;
    std::string_view words;
};

constexpr std::uint32_t dotted(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array kRanges4 = {
    Range4{.first = dotted(0, 0, 0, 0), .bits = 8, .words = "reserved"},
    Range4{.first = dotted(10, 0, 0, 0), .bits = 8, .words = "private"},
    Range4{.first = dotted(100, 64, 0, 0), .bits = 10, .words = "private"},
    Range4{.first = dotted(127, 0, 0, 0), .bits = 8, .words = "loopback"},
    Range4{.first = dotted(168, 63, 129, 16), .bits = 32, .words = "the metadata of a cloud's machine"},
    Range4{.first = dotted(169, 254, 0, 0), .bits = 16, .words = "link-local"},
    Range4{.first = dotted(172, 16, 0, 0), .bits = 12, .words = "private"},
    Range4{.first = dotted(192, 0, 0, 0), .bits = 24, .words = "reserved"},
    Range4{.first = dotted(192, 0, 2, 0), .bits = 24, .words = "reserved"},
    Range4{.first = dotted(192, 88, 99, 0), .bits = 24, .words = "reserved"},
    Range4{.first = dotted(192, 168, 0, 0), .bits = 16, .words = "private"},
    Range4{.first = dotted(198, 18, 0, 0), .bits = 15, .words = "reserved"},
    Range4{.first = dotted(198, 51, 100, 0), .bits = 24, .words = "reserved"},
    Range4{.first = dotted(203, 0, 113, 0), .bits = 24, .words = "reserved"},
    Range4{.first = dotted(224, 0, 0, 0), .bits = 3, .words = "multicast or reserved"},
};

using Bytes6 = std::array<std::uint8_t, 16>;

struct Range6 {
    Bytes6 first{};
    int bits = 0;
    std::string_view words;
};

// Within 2000::/3, outside of which nothing is public.
constexpr std::array kRanges6 = {
    Range6{.first = {0x20, 0x01}, .bits = 23, .words = "reserved"},
    Range6{.first = {0x20, 0x01, 0x0d, 0xb8}, .bits = 32, .words = "reserved"},
    Range6{.first = {0x3f, 0xff}, .bits = 20, .words = "reserved"},
};

std::string_view special4(std::uint32_t address) {
    for (const Range4& each : kRanges4)
        if ((address ^ each.first) >> (32 - each.bits) == 0) return each.words;
    return {};
}

std::uint32_t number_at(std::span<const std::uint8_t> bytes) {
    return dotted(bytes[0], bytes[1], bytes[2], bytes[3]);
}

bool begins(const Bytes6& address, const Bytes6& first, int bits) {
    for (int i = 0; i < bits; ++i) {
        const auto byte = static_cast<std::size_t>(i / 8);
        const unsigned mask = 0x80U >> static_cast<unsigned>(i % 8);
        if (((address[byte] ^ first[byte]) & mask) != 0) return false;
    }
    return true;
}

std::string_view special6(const Bytes6& address) {
    const std::span<const std::uint8_t> bytes(address);
    constexpr Bytes6 kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    constexpr Bytes6 kNat64 = {0, 0x64, 0xff, 0x9b};
    constexpr Bytes6 kSixToFour = {0x20, 0x02};
    constexpr Bytes6 kPublic = {0x20};
    if (begins(address, kMapped, 96) || begins(address, kNat64, 96))
        return special4(number_at(bytes.last(4)));
    if (begins(address, kSixToFour, 16)) return special4(number_at(bytes.subspan(2, 4)));
    if (address == Bytes6{}) return "reserved";
    if (std::ranges::all_of(bytes.first(15), [](auto byte) { return byte == 0; }) && bytes[15] == 1)
        return "loopback";
    if (begins(address, {0xfe, 0x80}, 10)) return "link-local";
    if (begins(address, {0xfc}, 7)) return "private";
    if (!begins(address, kPublic, 3)) return "multicast or reserved";
    for (const Range6& each : kRanges6)
        if (begins(address, each.first, each.bits)) return each.words;
    return {};
}

}  // namespace

std::string_view special_address(const std::string& address) {
    Bytes6 bytes{};
    if (::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return special4(number_at(bytes));
    if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return special6(bytes);
    return "no address";
}

}  // namespace hearth::egress
