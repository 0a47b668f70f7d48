#include "tui/lines.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

struct Cell {
    Cluster cluster;
    const Style* style;
};

// Ends behind it when a line is full: a space, or a character that is written without spaces.
bool may_break_behind(const Cell& cell) { return cell.cluster.text == " " || cell.cluster.width == 2; }

void add(Line& line, const std::string& text, const Style& style) {
    if (line.empty() || line.back().style != style) line.push_back({{}, style});
    line.back().text += text;
}

// One text line without a line feed.
class Wrapper {
public:
    Wrapper(int width, int rest_indent, std::vector<Line>& out)
        : width_(std::max(width, 1)), indent_(rest_indent < width_ ? rest_indent : 0), out_(out) {}

    void put(const std::vector<Cell>& cells) {
        std::size_t begin = 0;
        bool first = true;
        do {
            const auto room = width_ - (first ? 0 : indent_);
            const auto end = line_end(cells, begin, room);
            Line line;
            if (!first && indent_ > 0)
                line.push_back({std::string(static_cast<std::size_t>(indent_), ' '), {}});
            for (auto i = begin; i < end; ++i) {
                // What is wider than the whole line has no place in it.
                if (cells[i].cluster.width <= room) add(line, cells[i].cluster.text, *cells[i].style);
            }
            out_.push_back(std::move(line));
            begin = end;
            first = false;
        } while (begin < cells.size());
    }

private:
    // One behind the last cell of the line that begins at `begin`; at least one cell further.
    static std::size_t line_end(const std::vector<Cell>& cells, std::size_t begin, int room) {
        int width = 0;
        std::size_t break_at = begin;
        for (auto i = begin; i < cells.size(); ++i) {
            width += cells[i].cluster.width;
            // A space that does not fit is no reason to break before the word that it follows.
            if (width > room && cells[i].cluster.text == " " && i > begin) return i + 1;
            if (width > room) return break_at > begin ? break_at : std::max(i, begin + 1);
            if (may_break_behind(cells[i])) break_at = i + 1;
        }
        return cells.size();
    }

    int width_;
    int indent_;
    std::vector<Line>& out_;
};

// Without the space at its end that a break may have left over the width.
void trim_to(Line& line, int width) {
    while (!line.empty() && line_width(line) > width && !line.back().text.empty() &&
           line.back().text.back() == ' ') {
        line.back().text.pop_back();
        if (line.back().text.empty()) line.pop_back();
    }
}

}  // namespace

std::vector<Line> wrap(const Line& line, int width, int rest_indent) {
    std::vector<Line> out;
    Wrapper wrapper(width, rest_indent, out);
    std::vector<Cell> cells;
    int column = 0;
    for (const auto& span : line) {
        const auto pieces = split(span.text, '\n');
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            if (i > 0) {
                wrapper.put(std::exchange(cells, {}));
                column = 0;
            }
            for (auto& cluster : clusters(pieces[i], column)) {
                column += cluster.width;
                cells.push_back({std::move(cluster), &span.style});
            }
        }
    }
    wrapper.put(cells);
    for (auto& each : out)
        trim_to(each, width);
    return out;
}

std::vector<Line> wrap(std::string_view text, const Style& style, int width) {
    return wrap(Line{{std::string(text), style}}, width);
}

Line clip(const Line& line, int width) {
    Line out;
    int used = 0;
    for (const auto& span : line) {
        auto text = fit(span.text, width - used);
        if (text.empty() && !span.text.empty()) break;
        const int cells = text_width(text);
        const bool cut = text_width(span.text) > width - used;
        used += cells;
        out.push_back({std::move(text), span.style});
        if (cut) break;
    }
    return out;
}

int line_width(const Line& line) {
    int width = 0;
    for (const auto& span : line)
        width += text_width(span.text);
    return width;
}

Line prefixed(const Line& prefix, Line line) {
    line.insert(line.begin(), prefix.begin(), prefix.end());
    return line;
}

Line padded(Line line, int width, const Style& style) {
    const int missing = width - line_width(line);
    if (missing > 0) line.push_back({std::string(static_cast<std::size_t>(missing), ' '), style});
    return line;
}

}  // namespace hearth::tui
