#pragma once
#include <cstdint>
#include <string>

namespace hearth {

// Random lower-case hexadecimal digits from the system's generator.
[[nodiscard]] std::string random_hex(std::size_t digits);

// A time-ordered UUID, version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits.
[[nodiscard]] std::string uuid_v7(std::int64_t unix_ms);

[[nodiscard]] std::int64_t unix_ms_now();

// "2026-11-23T15:04:05.678Z".
[[nodiscard]] std::string iso_time(std::int64_t unix_ms);

}  // namespace hearth
