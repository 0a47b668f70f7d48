#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::tui {

struct Colour {
    bool set = false;  // else the terminal's own
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;

    bool operator==(const Colour&) const = default;
};

[[nodiscard]] constexpr Colour rgb(std::uint32_t value) {
    return {true, static_cast<std::uint8_t>(value >> 16U), static_cast<std::uint8_t>(value >> 8U),
            static_cast<std::uint8_t>(value)};
}

struct Style {
    Colour text;
    Colour ground;
    bool bold = false;
    bool dim = false;
    bool italic = false;
    bool underline = false;
    bool strike = false;
    bool inverse = false;

    bool operator==(const Style&) const = default;
};

// A piece of a line in one style. The text is raw until wrap() or clip() (lines.h) has made it safe to print.
struct Span {
    std::string text;
    Style style;

    bool operator==(const Span&) const = default;
};

using Line = std::vector<Span>;

// How many colours a terminal shows.
enum class ColourDepth : std::uint8_t { kNone, k16, k256, kTrue };

// By the environment: NO_COLOR (not empty: none), COLORTERM (truecolor, 24bit), TERM (dumb, …-256color, …-direct). Each may be null. Pure.
[[nodiscard]] ColourDepth colour_depth(const char* no_color, const char* colorterm, const char* term);

// The sequence that sets a style, whatever was set before.
[[nodiscard]] std::string style_sequence(const Style& style, ColourDepth depth);

}  // namespace hearth::tui
