#pragma once
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace hearth::scaffold::detail {

// Values and calls as Python and JavaScript write them, found in running text.

using Names = std::set<std::string, std::less<>>;

// The bytes of the value at the start of the text: a number, a quoted string, a constant such as True or null, or brackets around
// values. 0 when there is none. Pure.
[[nodiscard]] std::size_t literal_bytes(std::string_view text);

// The bytes from an opening bracket at the start of the text to the one that closes it, strings skipped; 0 when it stays open.
[[nodiscard]] std::size_t bracket_bytes(std::string_view text);

// Whether code is made of written-out values alone, but for these names and the names of keyword arguments.
[[nodiscard]] bool is_written_out(std::string_view code, const Names& names);

}  // namespace hearth::scaffold::detail
