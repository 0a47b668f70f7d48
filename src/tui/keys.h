#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::tui {

// A key that was pressed, or a text that was pasted.
struct Key {
    std::string name;  // "a", "enter", "up", "f1", "space", "paste"; the names of keybindings.json
    std::string text;  // what it types, valid UTF-8; of "paste" all of it. Empty for keys that type nothing
    bool ctrl = false;
    bool alt = false;
    bool shift = false;
    bool super = false;

    // "ctrl+shift+x", modifiers in the order ctrl, shift, alt, super. A letter that was typed with shift is its capital and has no "shift".
    [[nodiscard]] std::string id() const;

    bool operator==(const Key&) const = default;
};

// Bytes from a terminal as keys: UTF-8, the sequences of xterm and its kin, the CSI u form (kitty's protocol, modifyOtherKeys), and pastes
// in brackets. What is no sequence that is known is dropped, so that its rest is never typed. Memory is bounded: of a paste the first
// kMaxPaste bytes are kept.
// Threads: one owner. Pure but for its own state.
class KeyDecoder {
public:
    static constexpr std::size_t kMaxPaste = std::size_t{8} << 20U;

    [[nodiscard]] std::vector<Key> feed(std::string_view bytes);

    // Nothing has come for a moment: an escape that was waited on is the key itself.
    [[nodiscard]] std::vector<Key> flush();

    // A part of a sequence is there; flush() has something to say.
    [[nodiscard]] bool waiting() const { return !pending_.empty() && !pasting_; }

private:
    std::size_t take(std::string_view bytes, std::vector<Key>& keys);
    std::size_t take_escape(std::string_view bytes, std::vector<Key>& keys);
    std::size_t take_csi(std::string_view bytes, bool alt, std::vector<Key>& keys);
    std::size_t take_paste(std::string_view bytes, std::vector<Key>& keys);

    std::string pending_;
    bool pasting_ = false;
    std::string paste_;
};

}  // namespace hearth::tui
