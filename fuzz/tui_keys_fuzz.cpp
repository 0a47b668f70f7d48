// Bytes of a terminal as keys: however they are cut into pieces, the keys are the same, their text is valid UTF-8, and an editor takes them.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/text.h"
#include "tui/editor.h"
#include "tui/keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::tui;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    KeyDecoder whole;
    auto expected = whole.feed(bytes);
    KeyDecoder pieces;
    std::vector<Key> keys;
    for (const char c : bytes) {
        for (auto& key : pieces.feed(std::string_view(&c, 1)))
            keys.push_back(std::move(key));
    }
    HEARTH_ASSERT(keys == expected);
    const auto keymap = Keymap::defaults();
    Editor editor;
    for (const auto& key : keys) {
        HEARTH_ASSERT(hearth::is_valid_utf8(key.text));
        editor.handle(key, keymap);
        HEARTH_ASSERT(hearth::is_valid_utf8(editor.shown_text()));
        HEARTH_ASSERT(editor.cursor() <= editor.shown_text().size());
        const auto& layout = editor.layout(12);
        HEARTH_ASSERT(layout.cursor_row < layout.rows.size());
    }
    return 0;
}
