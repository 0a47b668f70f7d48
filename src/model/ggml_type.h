#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace hearth::model {

// How one ggml element type is laid out: weights come in blocks of `block` elements that take `bytes` bytes.
struct GgmlType {
    std::uint32_t number = 0;
    std::string_view name;
    std::uint32_t block = 1;
    std::uint32_t bytes = 0;
};

// By the number that a GGUF tensor carries; empty for numbers that were never given or were withdrawn.
[[nodiscard]] std::optional<GgmlType> ggml_type(std::uint32_t number);

// "Q4_K_M" for the value of `general.file_type`; empty when it is not a known one.
[[nodiscard]] std::string_view file_type_name(std::int64_t number);

}  // namespace hearth::model
