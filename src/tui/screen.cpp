#include "tui/screen.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::tui {
namespace {

// A frame appears at once where the terminal can do that, and no line runs over into the next where it counts cells otherwise.
constexpr std::string_view kBegin = "\x1b[?2026h\x1b[?25l\x1b[?7l";
constexpr std::string_view kEnd = "\x1b[?7h\x1b[?25h\x1b[?2026l";

}  // namespace

std::optional<std::string> Screen::draw(const std::vector<Line>& done, const std::vector<Line>& live,
                                        Cursor cursor) {
    const auto hidden = static_cast<std::size_t>(std::max<std::ptrdiff_t>(-live_row_, 0));
    if (must_redraw_ || done.size() + live.size() < hidden + 1) return std::nullopt;
    // The lines as they are to stand, from the first row that is shown now.
    std::vector<const Line*> target;
    for (std::ptrdiff_t row = 0; row < live_row_; ++row)
        target.push_back(&shown_[static_cast<std::size_t>(row)]);
    std::size_t number = 0;
    for (const auto* part : {&done, &live}) {
        for (const auto& line : *part) {
            if (number++ >= hidden) target.push_back(&line);
        }
    }
    const auto rows = static_cast<std::size_t>(size_.rows);
    const auto scrolled = target.size() > rows ? target.size() - rows : 0;
    const auto live_row =
        live_row_ + static_cast<std::ptrdiff_t>(done.size()) - static_cast<std::ptrdiff_t>(scrolled);
    // Part of it would stay above the screen with room below, or the cursor would.
    const bool hides = (hidden > 0 && target.size() < shown_.size()) ||
                       live_row + static_cast<std::ptrdiff_t>(cursor.row) < 0;
    if (hides) return std::nullopt;
    const auto differs = [&](std::size_t row) { return row >= shown_.size() || shown_[row] != *target[row]; };

    std::string out(kBegin);
    std::size_t row = 0;
    while (row < target.size() && !differs(row))
        ++row;
    for (; row < target.size(); ++row) {
        if (!differs(row)) continue;
        move_to_row(static_cast<std::ptrdiff_t>(row), out);
        write_line(*target[row], out);
    }
    // Rows that have nothing to show any more.
    for (auto left = target.size(); left < shown_.size(); ++left) {
        if (shown_[left].empty()) continue;
        move_to_row(static_cast<std::ptrdiff_t>(left), out);
        out += "\r\x1b[K";
    }
    std::vector<Line> now;
    for (auto i = scrolled; i < target.size(); ++i)
        now.push_back(*target[i]);
    now.resize(std::max(now.size(), shown_.size()));  // those below are ours still, and empty
    shown_ = std::move(now);
    live_row_ = live_row;
    cursor_row_ -= static_cast<std::ptrdiff_t>(scrolled);
    place_cursor(cursor, out);
    return out + std::string(kEnd);
}

std::string Screen::redraw(const std::vector<Line>& history, const std::vector<Line>& live, Cursor cursor) {
    must_redraw_ = false;
    const auto rows = static_cast<std::size_t>(size_.rows);
    const auto total = history.size() + live.size();
    const auto first = total > rows ? total - rows : 0;
    shown_.clear();
    std::string out(kBegin);
    out += "\x1b[0m\x1b[H\x1b[J";
    for (auto i = first; i < total; ++i) {
        if (i > first) out += "\r\n";
        shown_.push_back(i < history.size() ? history[i] : live[i - history.size()]);
        write_line(shown_.back(), out);
    }
    live_row_ = static_cast<std::ptrdiff_t>(history.size()) - static_cast<std::ptrdiff_t>(first);
    cursor_row_ = std::max<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(shown_.size()) - 1, 0);
    place_cursor(cursor, out);
    return out + std::string(kEnd);
}

void Screen::resize(Size size) {
    size_ = {std::max(size.rows, 1), std::max(size.columns, 1)};
    must_redraw_ = true;
}

std::string Screen::leave() {
    std::string out;
    if (!shown_.empty()) move_to_row(static_cast<std::ptrdiff_t>(shown_.size()) - 1, out);
    shown_.clear();
    live_row_ = 0;
    cursor_row_ = 0;
    return out + "\r\n\x1b[0m\x1b[?25h";
}

void Screen::write_line(const Line& line, std::string& out) const {
    // Erased first: behind a line that fills its row the last cell would go.
    out += "\r\x1b[K";
    Style style;
    for (const auto& span : line) {
        if (span.style != style) out += style_sequence(span.style, depth_);
        style = span.style;
        out += span.text;
    }
    if (style != Style()) out += "\x1b[0m";
}

// Below the last row that is shown, the terminal scrolls where it has to.
void Screen::move_to_row(std::ptrdiff_t row, std::string& out) {
    if (row < cursor_row_) {
        out += fmt::format("\x1b[{}A", cursor_row_ - row);
        cursor_row_ = row;
        return;
    }
    for (; cursor_row_ < row; ++cursor_row_)
        out += "\r\n";
}

void Screen::place_cursor(Cursor cursor, std::string& out) {
    const auto last = std::max<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(shown_.size()) - 1, 0);
    move_to_row(std::clamp<std::ptrdiff_t>(live_row_ + static_cast<std::ptrdiff_t>(cursor.row), 0, last),
                out);
    out += fmt::format("\x1b[{}G", std::clamp(cursor.column, 0, size_.columns - 1) + 1);
}

}  // namespace hearth::tui
