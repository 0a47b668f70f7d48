#include "tui/width.h"

#include <algorithm>
#include <cstdint>

#include <utf8proc.h>

#include "core/text.h"

namespace hearth::tui {
namespace {

constexpr int kTab = 4;
constexpr utf8proc_int32_t kEmojiPresentation = 0xFE0F;
constexpr utf8proc_int32_t kFirstFlagLetter = 0x1F1E6;
constexpr utf8proc_int32_t kLastFlagLetter = 0x1F1FF;
constexpr std::string_view kEllipsis = "\u2026";

// The next code point; an invalid byte counts as one of its own.
utf8proc_ssize_t next_code_point(std::string_view text, utf8proc_int32_t& code_point) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const auto length = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    if (length > 0) return length;
    code_point = 0xFFFD;
    return 1;
}

// The widest of its characters decides; a pair of flag letters is one flag, and a character that is asked for as an emoji takes two
// cells.
int cluster_width(std::string_view text) {
    int width = 0;
    int flag_letters = 0;
    while (!text.empty()) {
        utf8proc_int32_t code_point = 0;
        text.remove_prefix(static_cast<std::size_t>(next_code_point(text, code_point)));
        if (code_point == kEmojiPresentation && width == 1) width = 2;
        if (code_point >= kFirstFlagLetter && code_point <= kLastFlagLetter) ++flag_letters;
        width = std::max(width, utf8proc_charwidth(code_point));
    }
    return flag_letters > 1 ? 2 : std::min(width, 2);
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::size_t cluster_bytes(std::string_view text) {
    // Two printable bytes of ASCII never combine, which is nearly all of what is seen.
    const auto plain = [](char c) { return c >= ' ' && c <= '~'; };
    if (plain(text.front()) && (text.size() == 1 || plain(text[1]))) return 1;
    utf8proc_int32_t before = 0;
    utf8proc_int32_t state = 0;
    auto end = static_cast<std::size_t>(next_code_point(text, before));
    while (end < text.size()) {
        utf8proc_int32_t next = 0;
        const auto length = next_code_point(text.substr(end), next);
        if (utf8proc_grapheme_break_stateful(before, next, &state)) break;
        end += static_cast<std::size_t>(length);
        before = next;
    }
    return end;
}

std::vector<Cluster> clusters(std::string_view text, int column) {
    std::vector<Cluster> out;
    out.reserve(text.size());
    const auto add = [&](std::string_view piece, int width) {
        out.push_back({std::string(piece), width});
        column += width;
    };
    const auto safe = is_plain(text) ? std::string(text) : printable(text);
    std::string_view rest = safe;
    while (!rest.empty()) {
        if (rest.front() == '\t') {
            const int spaces = kTab - column % kTab;
            for (int i = 0; i < spaces; ++i)
                add(" ", 1);
            rest.remove_prefix(1);
            continue;
        }
        if (rest.front() == '\n') {
            add("\\n", 2);
            rest.remove_prefix(1);
            continue;
        }
        const auto bytes = cluster_bytes(rest);
        add(rest.substr(0, bytes), cluster_width(rest.substr(0, bytes)));
        rest.remove_prefix(bytes);
    }
    return out;
}

int text_width(std::string_view text) {
    if (is_plain(text)) return static_cast<int>(text.size());
    int width = 0;
    for (const auto& each : clusters(text))
        width += each.width;
    return width;
}

std::string fit(std::string_view text, int cells) {
    if (cells <= 0) return {};
    const auto all = clusters(text);
    int width = 0;
    for (const auto& each : all)
        width += each.width;
    std::string out;
    if (width <= cells) {
        for (const auto& each : all)
            out += each.text;
        return out;
    }
    width = 0;
    for (const auto& each : all) {
        if (width + each.width > cells - 1) break;
        width += each.width;
        out += each.text;
    }
    return out + std::string(kEllipsis);
}

}  // namespace hearth::tui
