#pragma once
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "tui/screen.h"
#include "tui/width.h"

namespace hearth::tui::test {

// A terminal's cells as far as hearth uses one: text, moves, erasing, scrolling. Anything else fails the test that looks at `unknown`.
class TerminalModel {
public:
    TerminalModel(Size size, int first_row) : size_(size), row_(std::min(first_row, size.rows - 1)) {
        cells_.resize(static_cast<std::size_t>(size.rows));
    }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            if (bytes.front() == '\x1b') {
                bytes.remove_prefix(sequence(bytes));
            } else if (bytes.front() == '\r') {
                column_ = 0;
                bytes.remove_prefix(1);
            } else if (bytes.front() == '\n') {
                feed();
                bytes.remove_prefix(1);
            } else {
                const auto length = cluster_bytes(bytes);
                put(bytes.substr(0, length));
                bytes.remove_prefix(length);
            }
        }
    }

    void resize(Size size) {
        size_ = size;
        cells_.resize(static_cast<std::size_t>(size.rows));
        row_ = std::min(row_, size.rows - 1);
        column_ = std::min(column_, size.columns - 1);
    }

    // Without the blanks at its end.
    [[nodiscard]] std::string row(int number) const {
        std::string out;
        for (const auto& cell : cells_[static_cast<std::size_t>(number)])
            out += cell;
        while (out.ends_with(' '))
            out.pop_back();
        return out;
    }

    [[nodiscard]] const std::deque<std::string>& scrolled() const { return scrolled_; }

    [[nodiscard]] int cursor_row() const { return row_; }

    [[nodiscard]] int cursor_column() const { return column_; }

    std::string unknown;  // the first thing that this terminal does not know

private:
    void put(std::string_view cluster) {
        if (static_cast<unsigned char>(cluster.front()) < 0x20 || cluster.front() == '\x7f') {
            unknown = "a control byte";
            return;
        }
        const auto width = text_width(cluster);
        if (column_ + width > size_.columns) {
            unknown = "a line that is too long";
            return;
        }
        auto& line = cells_[static_cast<std::size_t>(row_)];
        const auto at = static_cast<std::size_t>(column_);
        const auto end = at + static_cast<std::size_t>(width);
        if (line.size() < end) line.resize(end, " ");
        if (width == 0 && at > 0) line[at - 1] += cluster;
        if (width > 0) line[at] = std::string(cluster);
        for (auto i = at + 1; i < end; ++i)
            line[i].clear();
        column_ += width;
    }

    void feed() {
        if (row_ + 1 < size_.rows) {
            ++row_;
            return;
        }
        scrolled_.push_back(row(0));
        cells_.erase(cells_.begin());
        cells_.emplace_back();
    }

    std::size_t sequence(std::string_view bytes) {
        std::size_t end = 2;
        while (end < bytes.size() && bytes[end] < 0x40)
            ++end;
        const auto inside = bytes.substr(2, end - 2);
        const int number =
            inside.empty() || inside.front() == '?' ? 0 : std::atoi(std::string(inside).c_str());
        auto& line = cells_[static_cast<std::size_t>(row_)];
        switch (bytes[end]) {
            case 'A':
                if (number > row_) unknown = "a move above the screen";
                row_ = std::max(row_ - number, 0);
                break;
            case 'G': column_ = std::clamp(number - 1, 0, size_.columns - 1); break;
            case 'H': row_ = column_ = 0; break;
            case 'K': line.resize(std::min(line.size(), static_cast<std::size_t>(column_))); break;
            case 'J':
                line.resize(std::min(line.size(), static_cast<std::size_t>(column_)));
                for (auto i = static_cast<std::size_t>(row_) + 1; i < cells_.size(); ++i)
                    cells_[i].clear();
                break;
            case 'm':
            case 'h':
            case 'l': break;
            default: unknown = std::string(bytes.substr(1, end));
        }
        return end + 1;
    }

    Size size_;
    int row_;
    int column_ = 0;
    std::vector<std::vector<std::string>> cells_;
    std::deque<std::string> scrolled_;
};

}  // namespace hearth::tui::test
