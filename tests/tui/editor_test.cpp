#include "tui/editor.h"

#include <gtest/gtest.h>

namespace hearth::tui {
namespace {

class EditorTest : public testing::Test {
protected:
    void type(std::string_view text) {
        for (const char c : text)
            editor.handle({.name = c == ' ' ? "space" : std::string(1, c), .text = std::string(1, c)},
                          keymap);
    }

    void press(std::string_view written) {
        Key key;
        auto rest = std::string(written);
        const auto strip = [&](const std::string& prefix) {
            const bool has = rest.starts_with(prefix);
            if (has) rest.erase(0, prefix.size());
            return has;
        };
        key.ctrl = strip("ctrl+");
        key.shift = strip("shift+");
        key.alt = strip("alt+");
        key.name = rest;
        editor.handle(key, keymap);
    }

    Editor editor;
    Keymap keymap = Keymap::defaults();
};

TEST_F(EditorTest, WhatIsDeletedInOneGoComesBackAsOne) {
    type("one two three");
    press("ctrl+w");
    press("ctrl+w");
    EXPECT_EQ(editor.text(), "one ");
    press("ctrl+y");
    EXPECT_EQ(editor.text(), "one two three");
}

TEST_F(EditorTest, YankPopPutsWhatWasDeletedBefore) {
    type("first");
    press("ctrl+u");
    type("second");
    press("ctrl+u");
    press("ctrl+y");
    press("alt+y");
    EXPECT_EQ(editor.text(), "first");
}

TEST_F(EditorTest, UndoTakesAWordAtATime) {
    type("one two");
    press("ctrl+-");
    EXPECT_EQ(editor.text(), "one");
    press("ctrl+-");
    EXPECT_EQ(editor.text(), "");
}

TEST_F(EditorTest, ALongPasteIsOneCharacterAndIsSentWhole) {
    const std::string text(3000, 'x');
    type("a");
    editor.paste(text);
    type("b");
    EXPECT_EQ(editor.shown_text(), "a[paste #1 3000 bytes]b");
    EXPECT_EQ(editor.text(), "a" + text + "b");
    press("left");
    press("backspace");
    EXPECT_EQ(editor.text(), "ab");
}

TEST_F(EditorTest, UpGoesThroughEarlierPromptsAndBackToTheDraft) {
    type("first");
    EXPECT_EQ(editor.submit(), "first");
    editor.handle({.name = "x", .text = "x"}, keymap);
    press("home");
    press("up");
    EXPECT_EQ(editor.text(), "first");
    press("down");
    EXPECT_EQ(editor.text(), "x");
}

TEST_F(EditorTest, CharactersOfSeveralCodePointsAreOne) {
    editor.insert("e\u0301\U0001F468\u200D\U0001F469\u200D\U0001F467");
    press("backspace");
    EXPECT_EQ(editor.text(), "e\u0301");
    press("backspace");
    EXPECT_EQ(editor.text(), "");
}

TEST_F(EditorTest, RowsBreakAtSpacesAndCountCells) {
    editor.insert("ab cd \u6f22\u5b57");
    const auto& layout = editor.layout(6);
    ASSERT_EQ(layout.rows.size(), 2U);
    EXPECT_EQ(layout.cursor_row, 1U);
    EXPECT_EQ(layout.cursor_column, 4);
}

TEST_F(EditorTest, UpAndDownKeepTheColumn) {
    editor.insert("long line\nab\nlong again");
    press("up");
    EXPECT_EQ(editor.cursor(), std::string("long line\nab").size());
    press("up");
    EXPECT_EQ(editor.cursor(), std::string("long line").size());
}

}  // namespace
}  // namespace hearth::tui
