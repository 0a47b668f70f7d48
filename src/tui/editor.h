#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tui/keymap.h"
#include "tui/keys.h"

namespace hearth::tui {

// The text that a person writes: several lines, with undo, a kill ring, earlier prompts, and long pastes folded into a marker that is one
// character to every command.
// Threads: one owner. Pure but for its own state.
class Editor {
public:
    // Does what a key means. False when it means nothing here. Submitting is the caller's.
    bool handle(const Key& key, const Keymap& keymap);

    // As it is written, markers unfolded.
    [[nodiscard]] std::string text() const;

    // As it is shown.
    [[nodiscard]] const std::string& shown_text() const { return text_; }

    [[nodiscard]] bool empty() const { return text_.empty(); }

    [[nodiscard]] std::size_t cursor() const { return cursor_; }

    // Takes the place of all, the cursor at its end; undo brings the old text back.
    void set_text(std::string_view text);

    // Replaces the bytes from `begin` to the cursor.
    void replace_before_cursor(std::size_t begin, std::string_view text);

    void insert(std::string_view text);

    // A paste: folded into a marker where it is long.
    void paste(std::string_view text);

    // Empties it and keeps the text for history; returns what was written.
    std::string submit();

    // A prompt of before, to be found in the history.
    void remember(std::string_view text);

    // One line of the screen: bytes of shown_text().
    struct Row {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    struct Layout {
        std::vector<Row> rows;
        std::size_t cursor_row = 0;
        int cursor_column = 0;
    };

    // The text in rows of at most `width` cells. Up and down move in the latest layout.
    [[nodiscard]] const Layout& layout(int width);

private:
    enum class Act : std::uint8_t { kOther, kType, kKill, kYank, kVertical };

    struct State {
        std::string text;
        std::size_t cursor = 0;
    };

    [[nodiscard]] std::size_t unit_at(std::size_t at) const;
    [[nodiscard]] std::size_t unit_before(std::size_t at) const;
    [[nodiscard]] std::size_t word_left() const;
    [[nodiscard]] std::size_t word_right() const;
    [[nodiscard]] std::size_t line_start() const;
    [[nodiscard]] std::size_t line_end() const;
    bool move(const Key& key, const Keymap& keymap);
    bool change(const Key& key, const Keymap& keymap);
    void vertical(int step);
    void recall(int step);
    void save();
    void undo();
    void erase(std::size_t begin, std::size_t end);
    void kill(std::size_t begin, std::size_t end, bool backward);
    void yank();
    void yank_pop();
    void type(std::string_view text);
    void place(std::size_t cursor);

    std::string text_;
    std::size_t cursor_ = 0;
    std::map<std::string, std::string, std::less<>> pastes_;  // by their marker
    int paste_count_ = 0;
    std::vector<State> undo_;
    std::vector<std::string> kills_;
    std::size_t yank_begin_ = 0;
    std::size_t yank_index_ = 0;
    std::vector<std::string> history_;
    std::size_t history_at_ = 0;  // history_.size(): what is being written
    std::string draft_;
    Act last_ = Act::kOther;
    Act now_ = Act::kOther;
    int wanted_column_ = 0;  // of up and down
    int width_ = 80;
    Layout layout_;
};

}  // namespace hearth::tui
