#include "tui/style.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace hearth::tui {
namespace {

int distance(const Colour& a, const Colour& b) {
    const auto square = [](int x) { return x * x; };
    return square(a.red - b.red) + square(a.green - b.green) + square(a.blue - b.blue);
}

// The six levels of each part in the cube of 256 colours.
constexpr std::array<int, 6> kLevels = {0, 95, 135, 175, 215, 255};

int nearest_level(int part) {
    const auto nearest = std::min_element(kLevels.begin(), kLevels.end(), [&](int a, int b) {
        return std::abs(a - part) < std::abs(b - part);
    });
    return static_cast<int>(nearest - kLevels.begin());
}

Colour grey(int value) {
    const auto part = static_cast<std::uint8_t>(value);
    return {true, part, part, part};
}

int index_of_256(const Colour& colour) {
    const int red = nearest_level(colour.red);
    const int green = nearest_level(colour.green);
    const int blue = nearest_level(colour.blue);
    const auto level = [](int n) { return static_cast<std::uint8_t>(kLevels[static_cast<std::size_t>(n)]); };
    const Colour cube{true, level(red), level(green), level(blue)};
    const int step = std::clamp((colour.red + colour.green + colour.blue) / 3 - 3, 0, 230) / 10;
    if (distance(grey(8 + 10 * step), colour) < distance(cube, colour)) return 232 + step;
    return 16 + 36 * red + 6 * green + blue;
}

// As most terminals show them.
constexpr std::array<std::uint32_t, 16> kBasic = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD,
                                                  0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00,
                                                  0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};

int index_of_16(const Colour& colour) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < kBasic.size(); ++i) {
        if (distance(rgb(kBasic[i]), colour) < distance(rgb(kBasic[best]), colour)) best = i;
    }
    return static_cast<int>(best);
}

std::string colour_code(const Colour& colour, bool ground, ColourDepth depth) {
    if (!colour.set || depth == ColourDepth::kNone) return {};
    if (depth == ColourDepth::kTrue)
        return fmt::format(";{};2;{};{};{}", ground ? 48 : 38, colour.red, colour.green, colour.blue);
    if (depth == ColourDepth::k256) return fmt::format(";{};5;{}", ground ? 48 : 38, index_of_256(colour));
    const int index = index_of_16(colour);
    return fmt::format(";{}", (index < 8 ? 30 + index : 82 + index) + (ground ? 10 : 0));
}

}  // namespace

ColourDepth colour_depth(const char* no_color, const char* colorterm, const char* term) {
    if (no_color != nullptr && *no_color != '\0') return ColourDepth::kNone;
    const std::string_view more = colorterm == nullptr ? "" : colorterm;
    const std::string_view name = term == nullptr ? "" : term;
    if (name == "dumb") return ColourDepth::kNone;
    if (more == "truecolor" || more == "24bit" || name.ends_with("-direct")) return ColourDepth::kTrue;
    return name.find("256color") != std::string_view::npos ? ColourDepth::k256 : ColourDepth::k16;
}

std::string style_sequence(const Style& style, ColourDepth depth) {
    std::string out = "\x1b[0";
    if (style.bold) out += ";1";
    if (style.dim) out += ";2";
    if (style.italic) out += ";3";
    if (style.underline) out += ";4";
    if (style.inverse) out += ";7";
    if (style.strike) out += ";9";
    out += colour_code(style.text, false, depth);
    // Sixteen colours have no dark shades to stand behind a text.
    if (depth != ColourDepth::k16) out += colour_code(style.ground, true, depth);
    return out + "m";
}

}  // namespace hearth::tui
