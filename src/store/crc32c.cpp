#include "store/crc32c.h"

#include <array>
#include <cstddef>

namespace hearth::store {
namespace {

using Table = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Table make_table() {
    constexpr std::uint32_t kPolynomial = 0x82F63B78;
    Table table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1U) ^ ((value & 1U) != 0 ? kPolynomial : 0U);
        table[0][i] = value;
    }
    for (std::size_t i = 0; i < 256; ++i) {
        for (std::size_t slice = 1; slice < 8; ++slice) {
            const auto before = table[slice - 1][i];
            table[slice][i] = (before >> 8U) ^ table[0][before & 0xFFU];
        }
    }
    return table;
}

constexpr Table kTable = make_table();

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    auto left = bytes.size();
    std::uint32_t crc = 0xFFFFFFFF;
    for (; left >= 8; left -= 8, at += 8) {
        const auto low = crc ^ (at[0] | (std::uint32_t{at[1]} << 8U) | (std::uint32_t{at[2]} << 16U) |
                                (std::uint32_t{at[3]} << 24U));
        crc = kTable[7][low & 0xFFU] ^ kTable[6][(low >> 8U) & 0xFFU] ^ kTable[5][(low >> 16U) & 0xFFU] ^
              kTable[4][low >> 24U] ^ kTable[3][at[4]] ^ kTable[2][at[5]] ^ kTable[1][at[6]] ^
              kTable[0][at[7]];
    }
    for (; left > 0; --left, ++at)
        crc = (crc >> 8U) ^ kTable[0][(crc ^ *at) & 0xFFU];
    return crc ^ 0xFFFFFFFF;
}

}  // namespace hearth::store
