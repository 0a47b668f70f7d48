#pragma once
#include <compare>
#include <cstdint>
#include <string>

namespace hearth {

// A count with its unit in the type, so that tokens are never added to bytes.
template <typename Tag>
struct Quantity {
    std::int64_t value = 0;

    friend constexpr auto operator<=>(Quantity, Quantity) = default;

    friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }

    friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }

    constexpr Quantity& operator+=(Quantity other) {
        value += other.value;
        return *this;
    }
};

using Bytes = Quantity<struct BytesTag>;
using Tokens = Quantity<struct TokensTag>;

inline constexpr std::int64_t kKiB = 1024;
inline constexpr std::int64_t kMiB = 1024 * kKiB;
inline constexpr std::int64_t kGiB = 1024 * kMiB;

// "1.04 GiB", "93.8 MiB", "512 B": three significant digits, binary units.
[[nodiscard]] std::string human_bytes(Bytes bytes);

// "1 m 05 s", "12.3 s", "840 ms".
[[nodiscard]] std::string human_seconds(double seconds);

}  // namespace hearth
