#include "tui/diff_view.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <utility>

#include "core/text.h"
#include "tui/lines.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

constexpr std::size_t kContext = 3;           // unchanged lines that are shown around a change
constexpr std::size_t kMaxTable = 4'000'000;  // cells of the table of common lengths
constexpr std::size_t kMaxWords = 400;        // of a line that is compared by words

using Pieces = std::vector<std::string_view>;

enum class Kind : std::uint8_t { kSame, kRemoved, kAdded };

struct Step {
    Kind kind;
    std::size_t index;  // of the old pieces when removed, else of the new ones
};

// The middle of two lists by the longest common subsequence.
void compare_middle(const Pieces& before, const Pieces& after, std::size_t front, std::size_t old_end,
                    std::size_t new_end, std::vector<Step>& out) {
    const auto rows = old_end - front;
    const auto columns = new_end - front;
    if ((rows + 1) * (columns + 1) > kMaxTable) {
        for (auto i = front; i < old_end; ++i)
            out.push_back({Kind::kRemoved, i});
        for (auto i = front; i < new_end; ++i)
            out.push_back({Kind::kAdded, i});
        return;
    }
    std::vector<std::uint32_t> common((rows + 1) * (columns + 1), 0);
    const auto at = [&](std::size_t row, std::size_t column) -> std::uint32_t& {
        return common[row * (columns + 1) + column];
    };
    for (auto i = rows; i-- > 0;) {
        for (auto j = columns; j-- > 0;) {
            at(i, j) = before[front + i] == after[front + j] ? at(i + 1, j + 1) + 1
                                                             : std::max(at(i + 1, j), at(i, j + 1));
        }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < rows || j < columns) {
        if (i < rows && j < columns && before[front + i] == after[front + j]) {
            out.push_back({Kind::kSame, front + j});
            ++i, ++j;
        } else if (j == columns || (i < rows && at(i + 1, j) >= at(i, j + 1))) {
            out.push_back({Kind::kRemoved, front + i++});
        } else {
            out.push_back({Kind::kAdded, front + j++});
        }
    }
}

std::vector<Step> compare(const Pieces& before, const Pieces& after) {
    std::size_t front = 0;
    while (front < before.size() && front < after.size() && before[front] == after[front])
        ++front;
    std::size_t end = 0;
    while (end < before.size() - front && end < after.size() - front &&
           before[before.size() - 1 - end] == after[after.size() - 1 - end])
        ++end;
    std::vector<Step> out;
    for (std::size_t i = 0; i < front; ++i)
        out.push_back({Kind::kSame, i});
    compare_middle(before, after, front, before.size() - end, after.size() - end, out);
    for (auto i = after.size() - end; i < after.size(); ++i)
        out.push_back({Kind::kSame, i});
    return out;
}

// Words, blanks and single marks.
Pieces words_of(std::string_view line) {
    const auto is_word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
               static_cast<unsigned char>(c) >= 0x80;
    };
    Pieces out;
    for (std::size_t at = 0; at < line.size();) {
        auto end = at + 1;
        while (end < line.size() && is_word(line[at]) && is_word(line[end]))
            ++end;
        out.push_back(line.substr(at, end - at));
        at = end;
    }
    return out;
}

class Change {
public:
    Change(const Pieces& before, const Pieces& after, int width, const Theme& theme)
        : before_(before), after_(after), width_(width), theme_(theme), steps_(compare(before, after)) {}

    std::vector<Line> render() {
        bool left_out = false;
        for (std::size_t i = 0; i < steps_.size();) {
            if (steps_[i].kind == Kind::kSame) {
                if (near_change(i)) {
                    if (std::exchange(left_out, false)) put({{"  \u2026", theme_.muted}});
                    put({{"  " + std::string(after_[steps_[i].index]), theme_.muted}});
                } else {
                    left_out = true;
                }
                ++i;
                continue;
            }
            if (std::exchange(left_out, false) && !out_.empty()) put({{"  \u2026", theme_.muted}});
            i = put_run(i);
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] bool near_change(std::size_t at) const {
        const auto begin = at > kContext ? at - kContext : 0;
        const auto end = std::min(at + kContext + 1, steps_.size());
        return std::any_of(steps_.begin() + static_cast<std::ptrdiff_t>(begin),
                           steps_.begin() + static_cast<std::ptrdiff_t>(end),
                           [](const Step& step) { return step.kind != Kind::kSame; });
    }

    // Removed and added lines that stand together; where they are as many, each took the place of one.
    std::size_t put_run(std::size_t begin) {
        std::vector<std::string_view> removed;
        std::vector<std::string_view> added;
        auto at = begin;
        for (; at < steps_.size() && steps_[at].kind != Kind::kSame; ++at) {
            const bool old = steps_[at].kind == Kind::kRemoved;
            (old ? removed : added).push_back((old ? before_ : after_)[steps_[at].index]);
        }
        const bool pairs = removed.size() == added.size();
        for (std::size_t i = 0; i < removed.size(); ++i)
            put(marked("- ", removed[i], pairs ? &added[i] : nullptr, theme_.removed, theme_.removed_mark));
        for (std::size_t i = 0; i < added.size(); ++i)
            put(marked("+ ", added[i], pairs ? &removed[i] : nullptr, theme_.added, theme_.added_mark));
        return at;
    }

    static Line marked(std::string_view sign, std::string_view text, const std::string_view* other,
                       const Style& style, const Style& mark) {
        Line line{{std::string(sign), style}};
        const auto mine = words_of(text);
        const auto theirs = other != nullptr ? words_of(*other) : Pieces();
        if (other == nullptr || mine.size() > kMaxWords || theirs.size() > kMaxWords) {
            line.push_back({std::string(text), style});
            return line;
        }
        const auto steps = compare(theirs, mine);
        const auto same = std::count_if(steps.begin(), steps.end(),
                                        [](const Step& step) { return step.kind == Kind::kSame; });
        // Two lines that have little in common are no change of one another.
        const bool alike = static_cast<std::size_t>(same) * 3 >= std::max(mine.size(), theirs.size());
        for (const auto& step : steps) {
            if (step.kind == Kind::kRemoved) continue;
            const auto& piece_style = alike && step.kind == Kind::kAdded ? mark : style;
            if (line.back().style != piece_style) line.push_back({{}, piece_style});
            line.back().text += mine[step.index];
        }
        return line;
    }

    void put(const Line& line) {
        for (auto& each : wrap(line, width_, 2))
            out_.push_back(std::move(each));
    }

    const Pieces& before_;
    const Pieces& after_;
    int width_;
    const Theme& theme_;
    std::vector<Step> steps_;
    std::vector<Line> out_;
};

}  // namespace

std::vector<Line> render_change(std::string_view before, std::string_view after, int width,
                                const Theme& theme) {
    const auto old_lines = split_lines(before);
    const auto new_lines = split_lines(after);
    return Change(old_lines, new_lines, width, theme).render();
}

}  // namespace hearth::tui
