#include "tui/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tui/keymap.h"

namespace hearth::tui {
namespace {

std::string ids(const std::vector<Key>& keys) {
    std::string out;
    for (const auto& key : keys)
        out += (out.empty() ? "" : " ") + key.id();
    return out;
}

TEST(KeyDecoder, KnowsTheSequencesOfTerminals) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"a", "a"},
        {" ", "space"},
        {"\u00e9\u6f22", "\u00e9 \u6f22"},
        {"\r", "enter"},
        {"\n", "ctrl+j"},
        {"\x7f", "backspace"},
        {"\x03", "ctrl+c"},
        {"\x1f", "ctrl+-"},
        {"\x1b[A", "up"},
        {"\x1bOA", "up"},
        {"\x1b[1;5C", "ctrl+right"},
        {"\x1b[3~", "delete"},
        {"\x1b[5;3~", "alt+pageUp"},
        {"\x1b[Z", "shift+tab"},
        {"\x1b\r", "alt+enter"},
        {"\x1b\x7f", "alt+backspace"},
        {"\x1b[13;2u", "shift+enter"},
        {"\x1b[27;2;13~", "shift+enter"},
        {"\x1b[97;5u", "ctrl+a"},
        {"\x1b[97;2u", "A"},
        {"\x1b[27u", "escape"},
        {"\x1b"
         "b",
         "alt+b"},
        {"\x1b\x1b[D", "alt+left"},
        {"\x1b[?1;2c", ""},
        {"\x1b[999~x", "x"},
    };
    for (const auto& [bytes, expected] : cases) {
        KeyDecoder decoder;
        EXPECT_EQ(ids(decoder.feed(bytes)), expected) << testing::PrintToString(bytes);
    }
}

TEST(KeyDecoder, ASequenceMayComeInPieces) {
    const std::string all = "\x1b[1;5Cx\u6f22\x1b[200~one\r\ntwo\x1b[201~y";
    KeyDecoder whole;
    const auto expected = whole.feed(all);
    KeyDecoder pieces;
    std::vector<Key> keys;
    for (const char c : all) {
        for (auto& key : pieces.feed(std::string_view(&c, 1)))
            keys.push_back(std::move(key));
    }
    EXPECT_EQ(keys, expected);
    ASSERT_EQ(keys.size(), 5U);
    EXPECT_EQ(keys[3].text, "one\ntwo");
}

TEST(KeyDecoder, AnEscapeAloneIsTheKeyAfterAMoment) {
    KeyDecoder decoder;
    EXPECT_EQ(ids(decoder.feed("\x1b")), "");
    EXPECT_TRUE(decoder.waiting());
    EXPECT_EQ(ids(decoder.flush()), "escape");
    EXPECT_FALSE(decoder.waiting());
}

TEST(KeyDecoder, ControlBytesInAPasteAreText) {
    KeyDecoder decoder;
    const auto keys = decoder.feed("\x1b[200~a\x03\x1b[Ab\x1b[201~");
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_EQ(keys[0].text, "a\x03\x1b[Ab");
}

TEST(Keymap, AFileTakesThePlaceOfDefaults) {
    std::vector<std::string> notices;
    const auto map = Keymap::parse(
        R"({"app.exit": "Ctrl+Q", "app.clear": [], "app.interrupt": ["esc", "f1"], "other.thing": "x", "app.suspend": "nokey"})",
        notices);
    ASSERT_TRUE(map);
    EXPECT_TRUE(map->is({.name = "q", .ctrl = true}, "app.exit"));
    EXPECT_FALSE(map->is({.name = "d", .ctrl = true}, "app.exit"));
    EXPECT_FALSE(map->is({.name = "c", .ctrl = true}, "app.clear"));
    EXPECT_TRUE(map->is({.name = "f1"}, "app.interrupt"));
    EXPECT_TRUE(map->is({.name = "z", .ctrl = true}, "app.suspend"));
    EXPECT_THAT(notices, testing::ElementsAre(testing::HasSubstr("'nokey' is no key")));
}

TEST(Keymap, ModifiersHaveOneOrder) {
    EXPECT_EQ(*normal_key("alt+Ctrl+x"), "ctrl+alt+x");
    EXPECT_EQ(*normal_key("ctrl++"), "ctrl++");
    // As it is typed.
    EXPECT_EQ(*normal_key("shift+l"), "L");
    EXPECT_EQ(*normal_key("ctrl+shift+l"), "ctrl+shift+l");
    EXPECT_FALSE(normal_key("hyper+x"));
}

}  // namespace
}  // namespace hearth::tui
