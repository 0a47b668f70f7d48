#include "tui/theme_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::tui {
namespace {

constexpr int kMaxHops = 16;  // from one variable to the next

// What a theme has to say, as pi asks for it. Not all of it is shown here.
constexpr auto kTokens = std::to_array<std::string_view>({"accent",
                                                          "border",
                                                          "borderAccent",
                                                          "borderMuted",
                                                          "success",
                                                          "error",
                                                          "warning",
                                                          "muted",
                                                          "dim",
                                                          "text",
                                                          "thinkingText",
                                                          "selectedBg",
                                                          "userMessageBg",
                                                          "userMessageText",
                                                          "customMessageBg",
                                                          "customMessageText",
                                                          "customMessageLabel",
                                                          "toolPendingBg",
                                                          "toolSuccessBg",
                                                          "toolErrorBg",
                                                          "toolTitle",
                                                          "toolOutput",
                                                          "mdHeading",
                                                          "mdLink",
                                                          "mdLinkUrl",
                                                          "mdCode",
                                                          "mdCodeBlock",
                                                          "mdCodeBlockBorder",
                                                          "mdQuote",
                                                          "mdQuoteBorder",
                                                          "mdHr",
                                                          "mdListBullet",
                                                          "toolDiffAdded",
                                                          "toolDiffRemoved",
                                                          "toolDiffContext",
                                                          "syntaxComment",
                                                          "syntaxKeyword",
                                                          "syntaxFunction",
                                                          "syntaxVariable",
                                                          "syntaxString",
                                                          "syntaxNumber",
                                                          "syntaxType",
                                                          "syntaxOperator",
                                                          "syntaxPunctuation",
                                                          "thinkingOff",
                                                          "thinkingMinimal",
                                                          "thinkingLow",
                                                          "thinkingMedium",
                                                          "thinkingHigh",
                                                          "thinkingXhigh",
                                                          "bashMode"});

constexpr auto kFirstOfPalette = std::to_array<std::uint32_t>(
    {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000,
     0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF});

Colour of_palette(std::int64_t index) {
    const auto at = static_cast<std::uint32_t>(index);
    if (at < kFirstOfPalette.size()) return rgb(kFirstOfPalette[at]);
    if (at >= 232) return rgb((8 + (at - 232) * 10) * 0x010101U);
    const auto level = [](std::uint32_t step) { return step == 0 ? 0U : 55 + step * 40; };
    const auto cube = at - 16;
    return rgb(level(cube / 36) << 16U | level(cube / 6 % 6) << 8U | level(cube % 6));
}

std::uint32_t to_byte(double linear) {
    const auto value = std::clamp(linear, 0.0, 1.0);
    const auto curved = value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
    return static_cast<std::uint32_t>(std::lround(curved * 255));
}

// Björn Ottosson's OKLab by its published matrices; what sRGB does not have is clipped.
Colour of_oklch(double lightness, double chroma, double hue_degrees) {
    const auto hue = hue_degrees * std::numbers::pi / 180;
    const auto a = chroma * std::cos(hue);
    const auto b = chroma * std::sin(hue);
    const auto cube = [](double root) { return root * root * root; };
    const auto l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    const auto m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    const auto s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
    const auto red = to_byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    const auto green = to_byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    const auto blue = to_byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    return rgb(red << 16U | green << 8U | blue);
}

// A number, of which "%" makes a part of `whole`, and "deg" nothing.
std::optional<double> number_in(std::string_view text, double whole) {
    double factor = 1;
    if (text.ends_with('%')) {
        text.remove_suffix(1);
        factor = whole / 100;
    } else if (text.ends_with("deg")) {
        text.remove_suffix(3);
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value * factor;
}

std::optional<Colour> oklch_in(std::string_view text) {
    constexpr std::string_view kBegin = "oklch(";
    constexpr double kMostChroma = 0.4;  // what 100 % means
    if (!text.starts_with(kBegin) || !text.ends_with(')')) return std::nullopt;
    std::vector<std::string_view> words;
    for (const auto word : split(text.substr(kBegin.size(), text.size() - kBegin.size() - 1), ' ')) {
        if (!word.empty()) words.push_back(word);
    }
    if (words.size() != 3) return std::nullopt;
    const auto lightness = number_in(words[0], 1);
    const auto chroma = number_in(words[1], kMostChroma);
    const auto hue = number_in(words[2], 360);
    if (!lightness || !chroma || !hue) return std::nullopt;
    return of_oklch(std::clamp(*lightness, 0.0, 1.0), std::clamp(*chroma, 0.0, 1.0), std::fmod(*hue, 360));
}

std::optional<Colour> hex_in(std::string_view text) {
    if (text.size() != 7) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return rgb(value);
}

class Reader {
public:
    explicit Reader(const json::value& file) : vars_(member(file, "vars")), colors_(member(file, "colors")) {}

    Status check() const {
        if (colors_ == nullptr || !colors_->is_object())
            return Error(Code::kCorrupt, R"(a theme has "colors": {"accent": "#rrggbb", …})");
        std::vector<std::string> missing;
        for (const auto token : kTokens) {
            if (member(*colors_, token) == nullptr) missing.emplace_back(token);
        }
        if (missing.empty()) return {};
        return Error(Code::kCorrupt,
                     fmt::format("a theme has all colours; these are missing: {}", join(missing, ", ")));
    }

    [[nodiscard]] Result<Colour> colour(std::string_view token) const {
        const auto* value = member(*colors_, token);
        for (int hop = 0; value != nullptr && hop < kMaxHops; ++hop) {
            if (const auto* index = value->if_int64()) {
                if (*index < 0 || *index > 255) break;
                return of_palette(*index);
            }
            if (!value->is_string()) break;
            const std::string_view text = value->get_string();
            if (text.empty()) return Colour();
            if (text.front() == '#' || text.starts_with("oklch(")) {
                const auto found = text.front() == '#' ? hex_in(text) : oklch_in(text);
                if (!found) break;
                return *found;
            }
            value = vars_ != nullptr ? member(*vars_, text) : nullptr;
        }
        return Error(
            Code::kCorrupt,
            fmt::format("the colour {} is none: write \"#rrggbb\", 0 to 255, \"oklch(0.7 0.1 250)\", the "
                        "name of a variable, or \"\"",
                        token));
    }

private:
    const json::value* vars_;
    const json::value* colors_;
};

}  // namespace

Result<Theme> parse_theme(std::string_view text) {
    const auto file = TRY(parse_json(text, {.max_bytes = std::size_t{1} << 20U}));
    const auto name = string_member(file, "name");
    if (!name || name->empty() || name->find('/') != std::string_view::npos)
        return Error(Code::kCorrupt, R"(a theme has a "name", without a slash)");
    const Reader reader(file);
    TRY(reader.check());
    Theme theme;
    theme.name = std::string(*name);

    struct Row {
        std::string_view token;
        Colour* colour;
    };

    const Row rows[] = {{"text", &theme.plain.text},
                        {"muted", &theme.muted.text},
                        {"accent", &theme.accent.text},
                        {"success", &theme.success.text},
                        {"warning", &theme.warning.text},
                        {"error", &theme.error.text},
                        {"userMessageText", &theme.user.text},
                        {"userMessageBg", &theme.user.ground},
                        {"thinkingText", &theme.thinking.text},
                        {"toolTitle", &theme.tool.text},
                        {"toolOutput", &theme.output.text},
                        {"mdHeading", &theme.heading.text},
                        {"mdCode", &theme.code.text},
                        {"mdCodeBlock", &theme.code_block.text},
                        {"mdQuote", &theme.quote.text},
                        {"mdLink", &theme.link.text},
                        {"mdListBullet", &theme.marker.text},
                        {"mdHr", &theme.table_line.text},
                        {"toolDiffAdded", &theme.added.text},
                        {"toolDiffRemoved", &theme.removed.text}};
    for (const auto& row : rows)
        *row.colour = TRY(reader.colour(row.token));
    theme.thinking.italic = theme.quote.italic = true;
    theme.tool.bold = theme.heading.bold = true;
    theme.link.underline = true;
    // These files have no colours for parts of a line: they stand out by themselves.
    theme.added_mark = {.text = theme.added.text, .bold = true, .underline = true, .inverse = true};
    theme.removed_mark = {.text = theme.removed.text, .bold = true, .underline = true, .inverse = true};
    return theme;
}

}  // namespace hearth::tui
