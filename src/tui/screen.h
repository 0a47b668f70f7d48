#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tui/style.h"

namespace hearth::tui {

struct Size {
    int rows = 24;
    int columns = 80;

    bool operator==(const Size&) const = default;
};

// Where the terminal's cursor stands: a row of the live lines, a cell of it.
struct Cursor {
    std::size_t row = 0;
    int column = 0;
};

// The lower end of a terminal without an alternate screen: lines that are done scroll away into the terminal's own history, and below
// them are live lines that change. Only lines that differ are written, so that a change costs what it shows and not what was
// said before. Where the screen began is not known and need not be: all moves are relative.
//
// Lines are safe to print and no wider than the terminal (lines.h). What the functions return is to be written to the terminal, in order.
// Threads: one owner. Pure but for its own state.
class Screen {
public:
    Screen(Size size, ColourDepth depth) : size_(size), depth_(depth) {}

    // Puts `done` behind the history, and shows `live` below it. Nothing when that cannot be said in differences: redraw() then.
    [[nodiscard]] std::optional<std::string> draw(const std::vector<Line>& done,
                                                  const std::vector<Line>& live, Cursor cursor);

    // All again, from the top of a terminal that may show anything: the last of `history` that fit, and `live`.
    [[nodiscard]] std::string redraw(const std::vector<Line>& history, const std::vector<Line>& live,
                                     Cursor cursor);

    // The terminal has another size: redraw() is next.
    void resize(Size size);

    [[nodiscard]] Size size() const { return size_; }

    // Leaves the cursor in a line of its own below all that is shown.
    [[nodiscard]] std::string leave();

private:
    void write_line(const Line& line, std::string& out) const;
    void move_to_row(std::ptrdiff_t row, std::string& out);
    void place_cursor(Cursor cursor, std::string& out);

    Size size_;
    ColourDepth depth_;
    std::vector<Line> shown_;  // of the terminal's rows the last that are ours
    std::ptrdiff_t live_row_ =
        0;  // of shown_, where the live lines begin; negative when some of them scrolled away
    std::ptrdiff_t cursor_row_ = 0;  // of shown_
    bool must_redraw_ = false;
};

}  // namespace hearth::tui
