#include "tui/editor.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

constexpr std::size_t kMaxUndo = 500;
constexpr std::size_t kMaxKills = 60;
constexpr std::size_t kMaxHistory = 500;
constexpr std::size_t kFoldLines = 10;  // a paste of more lines, or of more bytes, is folded
constexpr std::size_t kFoldBytes = 1000;
constexpr std::string_view kMarkerHead = "[paste #";

bool is_word(std::string_view unit) {
    if (unit.size() > 1) return true;  // not ASCII, or a marker
    const auto c = static_cast<unsigned char>(unit.front());
    return std::isalnum(c) != 0 || c == '_';
}

// Cells of what is shown of a piece of the text.
int width_of(std::string_view unit, int column) {
    int width = 0;
    for (const auto& each : clusters(unit, column))
        width += each.width;
    return width;
}

}  // namespace

bool Editor::handle(const Key& key, const Keymap& keymap) {
    now_ = Act::kOther;
    bool done = true;
    if (key.name == "paste") {
        paste(key.text);
    } else if (!move(key, keymap) && !change(key, keymap)) {
        done = !key.text.empty();
        if (done) type(key.text);
    }
    last_ = now_;
    return done;
}

bool Editor::move(const Key& key, const Keymap& keymap) {
    const auto is = [&](std::string_view action) { return keymap.is(key, action); };
    if (is("tui.editor.cursorLeft")) {
        place(unit_before(cursor_));
    } else if (is("tui.editor.cursorRight")) {
        place(unit_at(cursor_));
    } else if (is("tui.editor.cursorWordLeft")) {
        place(word_left());
    } else if (is("tui.editor.cursorWordRight")) {
        place(word_right());
    } else if (is("tui.editor.cursorLineStart")) {
        place(line_start());
    } else if (is("tui.editor.cursorLineEnd")) {
        place(line_end());
    } else if (is("tui.editor.cursorUp")) {
        vertical(-1);
    } else if (is("tui.editor.cursorDown")) {
        vertical(1);
    } else if (is("tui.editor.historyPrevious")) {
        recall(-1);
    } else if (is("tui.editor.historyNext")) {
        recall(1);
    } else {
        return false;
    }
    return true;
}

bool Editor::change(const Key& key, const Keymap& keymap) {
    const auto is = [&](std::string_view action) { return keymap.is(key, action); };
    if (is("tui.input.newLine")) {
        insert("\n");
    } else if (is("tui.editor.deleteCharBackward")) {
        erase(unit_before(cursor_), cursor_);
    } else if (is("tui.editor.deleteCharForward")) {
        erase(cursor_, unit_at(cursor_));
    } else if (is("tui.editor.deleteWordBackward")) {
        kill(word_left(), cursor_, true);
    } else if (is("tui.editor.deleteWordForward")) {
        kill(cursor_, word_right(), false);
    } else if (is("tui.editor.deleteToLineStart")) {
        // At the start of a line its break goes.
        kill(cursor_ == line_start() ? unit_before(cursor_) : line_start(), cursor_, true);
    } else if (is("tui.editor.deleteToLineEnd")) {
        kill(cursor_, cursor_ == line_end() ? unit_at(cursor_) : line_end(), false);
    } else if (is("tui.editor.yank")) {
        yank();
    } else if (is("tui.editor.yankPop")) {
        yank_pop();
    } else if (is("tui.editor.undo")) {
        undo();
    } else {
        return false;
    }
    return true;
}

std::string Editor::text() const {
    auto out = text_;
    for (const auto& [marker, content] : pastes_)
        out = replace_all(out, marker, content);
    return out;
}

void Editor::set_text(std::string_view text) {
    save();
    text_ = to_valid_utf8(text);
    place(text_.size());
    history_at_ = history_.size();
}

void Editor::replace_before_cursor(std::size_t begin, std::string_view text) {
    save();
    text_.replace(begin, cursor_ - begin, to_valid_utf8(text));
    place(begin + to_valid_utf8(text).size());
}

void Editor::insert(std::string_view text) {
    save();
    const auto valid = to_valid_utf8(text);
    text_.insert(cursor_, valid);
    place(cursor_ + valid.size());
}

void Editor::paste(std::string_view text) {
    if (text.empty()) return;
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    if (lines <= kFoldLines && text.size() <= kFoldBytes) return insert(text);
    const auto size =
        lines > kFoldLines ? fmt::format("+{} lines", lines) : fmt::format("{} bytes", text.size());
    auto marker = fmt::format("{}{} {}]", kMarkerHead, ++paste_count_, size);
    insert(marker);
    pastes_.emplace(std::move(marker), to_valid_utf8(text));
}

std::string Editor::submit() {
    auto written = text();
    remember(written);
    text_.clear();
    undo_.clear();
    pastes_.clear();
    paste_count_ = 0;
    place(0);
    return written;
}

void Editor::remember(std::string_view text) {
    if (!trim(text).empty() && (history_.empty() || history_.back() != text)) history_.emplace_back(text);
    if (history_.size() > kMaxHistory) history_.erase(history_.begin());
    history_at_ = history_.size();
}

// Where the character, or the marker, at a place ends.
std::size_t Editor::unit_at(std::size_t at) const {
    if (at >= text_.size()) return text_.size();
    const auto rest = std::string_view(text_).substr(at);
    if (rest.starts_with(kMarkerHead)) {
        for (const auto& [marker, content] : pastes_) {
            if (rest.starts_with(marker)) return at + marker.size();
        }
    }
    return at + cluster_bytes(rest);
}

std::size_t Editor::unit_before(std::size_t at) const {
    if (at == 0) return 0;
    for (const auto& [marker, content] : pastes_) {
        if (std::string_view(text_).substr(0, at).ends_with(marker)) return at - marker.size();
    }
    // Clusters are found from their front; a line feed is always one of its own.
    const auto line = text_.rfind('\n', at - 1);
    if (line == at - 1) return at - 1;
    auto begin = line == std::string::npos ? 0 : line + 1;
    while (unit_at(begin) < at)
        begin = unit_at(begin);
    return begin;
}

std::size_t Editor::word_left() const {
    auto at = cursor_;
    const auto unit = [&](std::size_t begin) { return std::string_view(text_).substr(begin, at - begin); };
    while (at > 0 && !is_word(unit(unit_before(at))))
        at = unit_before(at);
    while (at > 0 && is_word(unit(unit_before(at))))
        at = unit_before(at);
    return at;
}

std::size_t Editor::word_right() const {
    auto at = cursor_;
    const auto unit = [&] { return std::string_view(text_).substr(at, unit_at(at) - at); };
    while (at < text_.size() && !is_word(unit()))
        at = unit_at(at);
    while (at < text_.size() && is_word(unit()))
        at = unit_at(at);
    return at;
}

std::size_t Editor::line_start() const {
    if (cursor_ == 0) return 0;
    const auto line = text_.rfind('\n', cursor_ - 1);
    return line == std::string::npos ? 0 : line + 1;
}

std::size_t Editor::line_end() const {
    const auto line = text_.find('\n', cursor_);
    return line == std::string::npos ? text_.size() : line;
}

// In rows as they are shown; over the first and the last of them to other prompts.
void Editor::vertical(int step) {
    const auto& now = layout(width_);
    const auto row = now.cursor_row;
    if (step < 0 ? row == 0 : row + 1 == now.rows.size()) {
        if (step < 0 && cursor_ > 0 && history_at_ == history_.size() && !text_.empty()) return place(0);
        return recall(step);
    }
    if (last_ != Act::kVertical) wanted_column_ = now.cursor_column;
    const auto target = now.rows[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(row) + step)];
    auto at = target.begin;
    int column = 0;
    while (at < target.end) {
        const auto next = unit_at(at);
        const auto width = width_of(std::string_view(text_).substr(at, next - at), column);
        if (column + width > wanted_column_) break;
        column += width;
        at = next;
    }
    // The end of a row that goes on belongs to the next one.
    const bool goes_on = at == target.end && at < text_.size() && text_[at] != '\n';
    place(goes_on && at > target.begin ? unit_before(at) : at);
    now_ = Act::kVertical;
}

void Editor::recall(int step) {
    if (history_.empty()) return;
    if (history_at_ == history_.size()) draft_ = text_;
    const auto next = static_cast<std::ptrdiff_t>(history_at_) + step;
    if (next < 0 || next > static_cast<std::ptrdiff_t>(history_.size())) return;
    const auto at = static_cast<std::size_t>(next);
    set_text(at == history_.size() ? draft_ : history_[at]);
    history_at_ = at;
}

void Editor::save() {
    undo_.push_back({text_, cursor_});
    if (undo_.size() > kMaxUndo) undo_.erase(undo_.begin());
}

void Editor::undo() {
    if (undo_.empty()) return;
    text_ = std::move(undo_.back().text);
    place(undo_.back().cursor);
    undo_.pop_back();
}

void Editor::erase(std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    save();
    text_.erase(begin, end - begin);
    place(begin);
}

// What is deleted in one go is one piece of the ring.
void Editor::kill(std::size_t begin, std::size_t end, bool backward) {
    if (begin >= end) return;
    const auto piece = text_.substr(begin, end - begin);
    if (last_ == Act::kKill && !kills_.empty()) {
        kills_.back() = backward ? piece + kills_.back() : kills_.back() + piece;
    } else {
        kills_.push_back(piece);
        if (kills_.size() > kMaxKills) kills_.erase(kills_.begin());
    }
    erase(begin, end);
    now_ = Act::kKill;
}

void Editor::yank() {
    if (kills_.empty()) return;
    yank_begin_ = cursor_;
    yank_index_ = kills_.size() - 1;
    insert(kills_[yank_index_]);
    now_ = Act::kYank;
}

void Editor::yank_pop() {
    if (last_ != Act::kYank || kills_.empty()) return;
    yank_index_ = yank_index_ == 0 ? kills_.size() - 1 : yank_index_ - 1;
    replace_before_cursor(yank_begin_, kills_[yank_index_]);
    now_ = Act::kYank;
}

// A word is undone as one.
void Editor::type(std::string_view text) {
    if (last_ != Act::kType || text == " ") save();
    text_.insert(cursor_, text);
    place(cursor_ + text.size());
    now_ = Act::kType;
}

void Editor::place(std::size_t cursor) { cursor_ = std::min(cursor, text_.size()); }

const Editor::Layout& Editor::layout(int width) {
    width_ = std::max(width, 2);
    layout_ = {};
    std::size_t begin = 0;
    std::size_t space = 0;  // behind the last one of the row
    int column = 0;
    const auto end_row = [&](std::size_t end) {
        layout_.rows.push_back({begin, end});
        begin = end;
        column = 0;
    };
    for (std::size_t at = 0; at < text_.size();) {
        const auto next = unit_at(at);
        if (text_[at] == '\n') {
            end_row(at);
            begin = space = next;
            at = next;
            continue;
        }
        const auto width_here = width_of(std::string_view(text_).substr(at, next - at), column);
        if (column + width_here > width_ && at > begin) {
            end_row(space > begin ? space : at);
            at = space = begin;
            continue;
        }
        column += width_here;
        at = next;
        if (text_[next - 1] == ' ') space = next;
    }
    end_row(text_.size());
    // The cursor stands before the character that it would delete.
    for (std::size_t row = 0; row < layout_.rows.size(); ++row) {
        if (layout_.rows[row].begin <= cursor_) layout_.cursor_row = row;
    }
    const auto from = layout_.rows[layout_.cursor_row].begin;
    layout_.cursor_column = width_of(std::string_view(text_).substr(from, cursor_ - from), 0);
    return layout_;
}

}  // namespace hearth::tui
