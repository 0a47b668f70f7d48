#include "tui/screen.h"

#include <gtest/gtest.h>
#include <random>

#include "tui/lines.h"
#include "tui/terminal_model.h"

namespace hearth::tui {
namespace {

using test::TerminalModel;

Line plain(std::string text) { return {{std::move(text), {}}}; }

std::string text_of(const Line& line) {
    std::string out;
    for (const auto& span : line)
        out += span.text;
    while (out.ends_with(' '))
        out.pop_back();
    return out;
}

TEST(Screen, ShowsLiveLinesBelowTheHistory) {
    Screen screen({10, 20}, ColourDepth::kNone);
    TerminalModel terminal({10, 20}, 3);
    terminal.write(*screen.draw({plain("done")}, {plain("live"), plain("> ")}, {1, 2}));
    EXPECT_EQ(terminal.row(3), "done");
    EXPECT_EQ(terminal.row(4), "live");
    EXPECT_EQ(terminal.cursor_row(), 5);
    EXPECT_EQ(terminal.cursor_column(), 2);
    EXPECT_EQ(terminal.unknown, "");
}

TEST(Screen, WritesOnlyWhatDiffers) {
    Screen screen({10, 20}, ColourDepth::kNone);
    (void)screen.draw({}, {plain("stays"), plain("old")}, {1, 0});
    const auto bytes = *screen.draw({}, {plain("stays"), plain("new")}, {1, 0});
    EXPECT_EQ(bytes.find("stays"), std::string::npos);
    EXPECT_NE(bytes.find("new"), std::string::npos);
}

TEST(Screen, AskedForLessThanScrolledAwayItWantsAllAgain) {
    Screen screen({3, 20}, ColourDepth::kNone);
    std::vector<Line> many(8, plain("x"));
    ASSERT_TRUE(screen.draw({}, many, {7, 0}));
    EXPECT_FALSE(screen.draw({}, {plain("x")}, {0, 0}));
    EXPECT_NE(screen.redraw({}, {plain("y")}, {0, 0}), "");
}

// The rows that are shown are always the last lines of history and live lines, whatever came before; what scrolled away is the
// history in its order.
TEST(Screen, ThousandScriptsOfChangesAndSizesLeaveNoWrongCell) {
    for (unsigned seed = 0; seed < 1000; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        Size size{3 + below(12), 8 + below(30)};
        Screen screen(size, seed % 2 == 0 ? ColourDepth::kTrue : ColourDepth::k16);
        TerminalModel terminal(size, below(size.rows));
        std::vector<std::string> history;
        int count = 0;
        for (int step = 0; step < 20; ++step) {
            if (below(8) == 0) {
                size = {3 + below(12), 8 + below(30)};
                screen.resize(size);
                terminal.resize(size);
            }
            std::vector<Line> done;
            for (int n = below(4); n > 0; --n) {
                history.push_back("h" + std::to_string(++count));
                done.push_back(plain(history.back()));
            }
            std::vector<Line> live;
            for (int n = 1 + below(size.rows + 2); n > 0; --n)
                live.push_back(clip({{below(3) == 0 ? "\u6f22\u5b57 " : "l", {.bold = below(2) == 0}},
                                     {std::to_string(below(5)), {}}},
                                    size.columns));
            const auto seen = std::min(static_cast<int>(live.size()), size.rows);
            const Cursor cursor{live.size() - 1 - static_cast<std::size_t>(below(seen)), below(5)};
            const auto bytes = screen.draw(done, live, cursor);
            if (bytes) {
                terminal.write(*bytes);
            } else {
                std::vector<Line> lines;
                for (const auto& each : history)
                    lines.push_back(plain(each));
                terminal.write(screen.redraw(lines, live, cursor));
            }
            ASSERT_EQ(terminal.unknown, "") << "seed " << seed << ", step " << step;
            // The live lines from the cursor's row up, and history above them as far as it is shown.
            const auto top = terminal.cursor_row() - static_cast<int>(cursor.row);
            for (int n = 0; n < static_cast<int>(live.size()); ++n) {
                if (top + n < 0 || top + n >= size.rows) continue;
                ASSERT_EQ(terminal.row(top + n), text_of(live[static_cast<std::size_t>(n)]))
                    << "seed " << seed << ", step " << step << ", live line " << n;
            }
            for (int row = top - 1, n = static_cast<int>(history.size()) - 1; row >= 0 && n >= 0;
                 --row, --n) {
                if (terminal.row(row).empty()) break;
                ASSERT_EQ(terminal.row(row), history[static_cast<std::size_t>(n)])
                    << "seed " << seed << ", step " << step << ", row " << row;
            }
            ASSERT_EQ(terminal.cursor_column(), cursor.column);
        }
    }
}

}  // namespace
}  // namespace hearth::tui
