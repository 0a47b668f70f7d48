#include "core/units.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace hearth {

// The limits below are where rounding would show one digit more ("1000 ms", "60.0 s", "10.00 GiB").
std::string human_bytes(Bytes bytes) {
    constexpr std::array<const char*, 5> kNames = {"B", "KiB", "MiB", "GiB", "TiB"};
    auto amount = static_cast<double>(bytes.value);
    std::size_t unit = 0;
    while (std::abs(amount) >= 999.5 && unit + 1 < kNames.size()) {
        amount /= 1024.0;
        ++unit;
    }
    if (unit == 0) return fmt::format("{} B", bytes.value);
    const int digits = std::abs(amount) < 9.995 ? 2 : std::abs(amount) < 99.95 ? 1 : 0;
    return fmt::format("{:.{}f} {}", amount, digits, kNames[unit]);
}

std::string human_seconds(double seconds) {
    if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1000.0);
    if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    return fmt::format("{} m {:02} s", whole / 60, whole % 60);
}

}  // namespace hearth
