#pragma once
#include <cstdint>
#include <string_view>

namespace hearth::store {

// CRC-32C (Castagnoli, reflected, initial and final value 0xFFFFFFFF) of bytes: "123456789" gives 0xE3069283.
// Threads: pure. Cost: eight bytes a step from tables, no instruction set assumed.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);

}  // namespace hearth::store
