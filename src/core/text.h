#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

// Small pure helpers on text. Views returned here point into the argument.

[[nodiscard]] std::string_view trim(std::string_view text);

// Pieces between separators; "a,,b" gives three. An empty text gives one empty piece.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// Lines without their '\n' (a '\r' before it stays); a final '\n' does not open another line.
[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);

// No pieces of a string that is about to end: GCC 12 ends it before the first turn of `for (x : split(f(), ','))`, Clang 19
// after the last.
template <std::same_as<std::string> Temporary>
std::vector<std::string_view> split(Temporary&& text, char separator) = delete;
template <std::same_as<std::string> Temporary>
std::vector<std::string_view> split_lines(Temporary&& text) = delete;

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

[[nodiscard]] std::string to_lower_ascii(std::string_view text);

[[nodiscard]] std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

// A whole, non-negative decimal number that fits in 63 bits; nothing else around it.
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text);

// Whether it may be the name of a variable, in a shell and in programs: letters, digits and '_', and no digit first.
[[nodiscard]] bool is_variable_name(std::string_view text);

[[nodiscard]] bool is_valid_utf8(std::string_view text);

// The bytes before the first that is no part of a valid sequence; all when there is none.
[[nodiscard]] std::size_t valid_utf8_bytes(std::string_view text);

// The text with every invalid byte sequence replaced by U+FFFD, so that it may stand in JSON.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

// A character as UTF-8; `code_point` is at most U+10FFFF and no surrogate, which the caller has seen to.
[[nodiscard]] std::string utf8_of(char32_t code_point);

// The longest front, or end, of at most `bytes` that cuts no character of valid UTF-8.
[[nodiscard]] std::string_view utf8_front(std::string_view text, std::size_t bytes);
[[nodiscard]] std::string_view utf8_end(std::string_view text, std::size_t bytes);

// The text, or the longest front of at most `bytes` and "…" behind it.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t bytes);

// Text from outside made harmless for a terminal: control bytes other than tab and newline, and C1 and
// bidirectional controls, are shown as escapes such as \x1b or \u202e.
[[nodiscard]] std::string printable(std::string_view text);

// The first `head` and last `tail` bytes, cut at line ends where possible, never within a character, with a line between that says
// how many bytes were left out. The whole text when it is not longer than head + tail.
[[nodiscard]] std::string head_and_tail(std::string_view text, std::size_t head, std::size_t tail);

enum class HexCase : std::uint8_t { kUpper, kLower };

// For a URL (RFC 3986, 2.1): letters, digits and the characters of `kept` stay, every other byte becomes %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text, std::string_view kept = "-._~",
                                          HexCase hex = HexCase::kUpper);

// The bytes that it stands for; what is no %XX stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);

// Lower-case hexadecimal of bytes.
[[nodiscard]] std::string to_hex(std::string_view bytes);

}  // namespace hearth
