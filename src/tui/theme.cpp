#include "tui/theme.h"

#include "core/text.h"

namespace hearth::tui {
namespace {

// The few colours that a theme is made of.
struct Palette {
    std::string_view name;
    Colour muted;
    Colour accent;
    Colour green;
    Colour yellow;
    Colour red;
    Colour blue;
    Colour violet;
    Colour user_ground;
    Colour added_ground;
    Colour removed_ground;
};

Theme theme_of(const Palette& palette) {
    Theme theme;
    theme.name = std::string(palette.name);
    theme.muted = {.text = palette.muted};
    theme.accent = {.text = palette.accent};
    theme.success = {.text = palette.green};
    theme.warning = {.text = palette.yellow};
    theme.error = {.text = palette.red};
    theme.user = {.ground = palette.user_ground};
    theme.thinking = {.text = palette.muted, .italic = true};
    theme.tool = {.text = palette.blue, .bold = true};
    theme.output = {.text = palette.muted};
    theme.heading = {.text = palette.accent, .bold = true};
    theme.code = {.text = palette.green};
    theme.code_block = {.text = palette.green};
    theme.quote = {.text = palette.muted, .italic = true};
    theme.link = {.text = palette.blue, .underline = true};
    theme.marker = {.text = palette.violet};
    theme.table_line = {.text = palette.muted};
    theme.added = {.text = palette.green};
    theme.removed = {.text = palette.red};
    // Where there are no colours, or too few for a ground, the marks are seen all the same.
    theme.added_mark = {
        .text = palette.green, .ground = palette.added_ground, .bold = true, .underline = true};
    theme.removed_mark = {
        .text = palette.red, .ground = palette.removed_ground, .bold = true, .underline = true};
    return theme;
}

}  // namespace

const Theme& dark_theme() {
    static const Theme theme = theme_of({.name = "dark",
                                         .muted = rgb(0x8A8A8A),
                                         .accent = rgb(0xE8A35C),
                                         .green = rgb(0x8FBF7F),
                                         .yellow = rgb(0xE0C060),
                                         .red = rgb(0xE07A72),
                                         .blue = rgb(0x7FB2E5),
                                         .violet = rgb(0xB79BE0),
                                         .user_ground = rgb(0x333338),
                                         .added_ground = rgb(0x24452A),
                                         .removed_ground = rgb(0x55262A)});
    return theme;
}

const Theme& light_theme() {
    static const Theme theme = theme_of({.name = "light",
                                         .muted = rgb(0x6B6B6B),
                                         .accent = rgb(0xA34F00),
                                         .green = rgb(0x2B7A2B),
                                         .yellow = rgb(0x8A6500),
                                         .red = rgb(0xB3261E),
                                         .blue = rgb(0x1A5FB4),
                                         .violet = rgb(0x6F42A8),
                                         .user_ground = rgb(0xE9E9EE),
                                         .added_ground = rgb(0xC7EBCB),
                                         .removed_ground = rgb(0xF7CFCB)});
    return theme;
}

const Theme* theme_named(std::string_view name) {
    if (name == "dark") return &dark_theme();
    return name == "light" ? &light_theme() : nullptr;
}

const Theme& theme_for(const char* colorfgbg) {
    const std::string_view given = colorfgbg == nullptr ? "" : colorfgbg;
    const auto at = given.rfind(';');
    if (at == std::string_view::npos) return dark_theme();
    const auto ground = parse_number(given.substr(at + 1));
    const bool light = ground && (*ground == 7 || (*ground >= 9 && *ground <= 15));
    return light ? light_theme() : dark_theme();
}

}  // namespace hearth::tui
