#include "tui/keys.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "core/text.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

constexpr char kEscape = '\x1b';
constexpr std::string_view kPasteEnd = "\x1b[201~";
constexpr std::size_t kMaxSequence = 64;  // bytes that a sequence may take
constexpr std::int64_t kMaxCodePoint = 0x10FFFF;

Key named(std::string name) { return {.name = std::move(name)}; }

Key typed(std::string text) {
    auto name = text == " " ? std::string("space") : text;
    return {.name = std::move(name), .text = std::move(text)};
}

struct Numbered {
    std::int64_t number;
    std::string_view name;
};

// CSI NUMBER ~
constexpr auto kTilde = std::to_array<Numbered>(
    {{1, "home"}, {2, "insert"}, {3, "delete"}, {4, "end"},  {5, "pageUp"}, {6, "pageDown"}, {7, "home"},
     {8, "end"},  {11, "f1"},    {12, "f2"},    {13, "f3"},  {14, "f4"},    {15, "f5"},      {17, "f6"},
     {18, "f7"},  {19, "f8"},    {20, "f9"},    {21, "f10"}, {23, "f11"},   {24, "f12"}});

// CSI NUMBER u, for keys that are no character.
constexpr auto kCodes = std::to_array<Numbered>({{9, "tab"},
                                                 {13, "enter"},
                                                 {27, "escape"},
                                                 {32, "space"},
                                                 {127, "backspace"},
                                                 {8, "backspace"},
                                                 {57414, "enter"}});

// CSI LETTER, and SS3 LETTER
constexpr auto kLetters = std::to_array<std::pair<char, std::string_view>>({{'A', "up"},
                                                                            {'B', "down"},
                                                                            {'C', "right"},
                                                                            {'D', "left"},
                                                                            {'H', "home"},
                                                                            {'F', "end"},
                                                                            {'P', "f1"},
                                                                            {'Q', "f2"},
                                                                            {'R', "f3"},
                                                                            {'S', "f4"},
                                                                            {'M', "enter"},
                                                                            {'Z', "tab"}});

template <std::size_t N>
std::optional<std::string> name_of(const std::array<Numbered, N>& table, std::int64_t number) {
    const auto row =
        std::find_if(table.begin(), table.end(), [&](const Numbered& each) { return each.number == number; });
    if (row == table.end()) return std::nullopt;
    return std::string(row->name);
}

std::optional<std::string> name_of_letter(char letter) {
    const auto row = std::find_if(kLetters.begin(), kLetters.end(),
                                  [&](const auto& each) { return each.first == letter; });
    if (row == kLetters.end()) return std::nullopt;
    return std::string(row->second);
}

// 1 + a sum of bits.
void set_modifiers(std::int64_t number, Key& key) {
    const auto bits = static_cast<std::uint64_t>(std::clamp<std::int64_t>(number - 1, 0, 255));
    key.shift = (bits & 1U) != 0;
    key.alt = (bits & 2U) != 0;
    key.ctrl = (bits & 4U) != 0;
    key.super = (bits & 8U) != 0;
}

// A key that a terminal tells by its code point.
std::optional<Key> key_of_code(std::int64_t code, std::int64_t modifiers) {
    Key key;
    set_modifiers(modifiers, key);
    if (auto name = name_of(kCodes, code)) {
        key.name = *std::move(name);
        if (key.name == "space" && !key.ctrl && !key.alt && !key.super) key.text = " ";
        return key;
    }
    // Private use is where the protocol has its keys that type nothing.
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < 32 || code > kMaxCodePoint || surrogate || (code >= 0xE000 && code <= 0xF8FF))
        return std::nullopt;
    key.name = utf8_of(static_cast<char32_t>(code));
    if (key.ctrl || key.alt || key.super) {
        key.name = to_lower_ascii(key.name);
        return key;
    }
    if (key.shift && code >= 'a' && code <= 'z') key.name = utf8_of(static_cast<char32_t>(code - 'a' + 'A'));
    key.shift = false;
    key.text = key.name;
    return key;
}

// A byte below 32, as terminals send a letter with ctrl.
Key control_key(char byte) {
    switch (byte) {
        case '\r': return named("enter");
        case '\t': return named("tab");
        case '\b': return {.name = "backspace", .ctrl = true};
        case '\x7f': return named("backspace");
        case '\0': return {.name = "space", .ctrl = true};
        case '\x1f': return {.name = "-", .ctrl = true};
        default: return {.name = to_lower_ascii(std::string(1, static_cast<char>(byte + '@'))), .ctrl = true};
    }
}

// Bytes of the character that begins here: 0 when more of it has to come; 1 for a byte that begins none.
std::size_t character_bytes(std::string_view bytes) {
    const auto first = static_cast<unsigned char>(bytes.front());
    const std::size_t length = first < 0x80    ? 1
                               : first >= 0xF0 ? 4
                               : first >= 0xE0 ? 3
                               : first >= 0xC2 ? 2
                                               : 1;
    if (bytes.size() >= length) return is_valid_utf8(bytes.substr(0, length)) ? length : 1;
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    return std::all_of(bytes.begin() + 1, bytes.end(), continues) ? 0 : 1;
}

std::int64_t parameter(const std::vector<std::string_view>& parameters, std::size_t index,
                       std::int64_t otherwise) {
    if (index >= parameters.size()) return otherwise;
    // The first of several that belong together: kitty tells the shifted key, too.
    const auto first = split(parameters[index], ':').front();
    return parse_number(first).value_or(otherwise);
}

}  // namespace

std::string Key::id() const {
    std::string out;
    if (ctrl) out += "ctrl+";
    if (shift) out += "shift+";
    if (alt) out += "alt+";
    if (super) out += "super+";
    return out + name;
}

std::vector<Key> KeyDecoder::feed(std::string_view bytes) {
    pending_ += bytes;
    std::vector<Key> keys;
    std::size_t used = 0;
    while (used < pending_.size()) {
        const auto rest = std::string_view(pending_).substr(used);
        const auto taken = pasting_ ? take_paste(rest, keys) : take(rest, keys);
        if (taken == 0) break;
        used += taken;
    }
    pending_.erase(0, used);
    return keys;
}

std::vector<Key> KeyDecoder::flush() {
    std::vector<Key> keys;
    if (pasting_ || pending_.empty()) return keys;
    const auto rest = std::exchange(pending_, {});
    if (rest.front() != kEscape) return keys;
    // Escape, or alt with the key that opens a sequence.
    keys.push_back(named("escape"));
    if (rest.size() == 2 && (rest[1] == '[' || rest[1] == 'O')) {
        keys.back() = {.name = rest.substr(1), .alt = true};
    } else if (rest.size() > 1 && rest[1] == kEscape) {
        keys.push_back(named("escape"));
    }
    return keys;
}

// Bytes used; 0 when more have to come.
std::size_t KeyDecoder::take(std::string_view bytes, std::vector<Key>& keys) {
    const char first = bytes.front();
    if (first == kEscape) return take_escape(bytes, keys);
    if (static_cast<unsigned char>(first) < 0x20 || first == '\x7f') {
        keys.push_back(control_key(first));
        return 1;
    }
    const auto length = character_bytes(bytes);
    if (length == 0) return 0;
    const auto text = bytes.substr(0, length);
    if (is_valid_utf8(text)) keys.push_back(typed(std::string(text)));
    return length;
}

std::size_t KeyDecoder::take_escape(std::string_view bytes, std::vector<Key>& keys) {
    if (bytes.size() == 1) return 0;
    const char second = bytes[1];
    if (second == '[') return take_csi(bytes, false, keys);
    if (second == 'O') {
        if (bytes.size() == 2) return 0;
        if (auto name = name_of_letter(bytes[2])) keys.push_back(named(*std::move(name)));
        return 3;
    }
    if (second == kEscape) {
        // Alt with a key that has a sequence, or the key escape before another sequence.
        if (bytes.size() == 2) return 0;
        if (bytes[2] == '[') {
            const auto taken = take_csi(bytes.substr(1), true, keys);
            return taken == 0 ? 0 : taken + 1;
        }
        keys.push_back(named("escape"));
        return 1;
    }
    // Alt with a key: escape before what the key sends.
    std::vector<Key> inner;
    const auto taken = take(bytes.substr(1), inner);
    if (taken == 0) return 0;
    for (auto& key : inner) {
        key.alt = true;
        key.text.clear();
        keys.push_back(std::move(key));
    }
    return taken + 1;
}

std::size_t KeyDecoder::take_csi(std::string_view bytes, bool alt, std::vector<Key>& keys) {
    // Parameters and intermediates, then one final byte.
    std::size_t end = 2;
    while (end < bytes.size() && bytes[end] >= 0x20 && bytes[end] <= 0x3F && end < kMaxSequence)
        ++end;
    if (end == bytes.size()) return 0;
    const char last = bytes[end];
    if (last < 0x40 || last > 0x7E) return end;  // broken off: what follows is looked at anew
    const auto inside = bytes.substr(2, end - 2);
    const auto parameters = split(inside, ';');
    if (inside == "200" && last == '~') {
        pasting_ = true;
        return end + 1;
    }
    const auto modifiers = parameter(parameters, 1, 1);
    const bool coded = last == 'u' || (last == '~' && parameters.size() == 3 && parameters.front() == "27");
    std::optional<Key> key;
    if (coded) {
        key = key_of_code(parameter(parameters, last == 'u' ? 0 : 2, 0), modifiers);
    } else if (last == '~') {
        if (auto name = name_of(kTilde, parameter(parameters, 0, 0))) key = named(*std::move(name));
    } else if (auto name = name_of_letter(last)) {
        key = named(*std::move(name));
    }
    if (key) {
        if (!coded) set_modifiers(modifiers, *key);
        if (last == 'Z') key->shift = true;
        if (alt) {
            key->alt = true;
            key->text.clear();
        }
        keys.push_back(*std::move(key));
    }
    return end + 1;
}

std::size_t KeyDecoder::take_paste(std::string_view bytes, std::vector<Key>& keys) {
    const auto keep = [&](std::string_view piece) {
        paste_ += piece.substr(0, kMaxPaste - std::min(paste_.size(), kMaxPaste));
    };
    const auto end = bytes.find(kPasteEnd);
    if (end == std::string_view::npos) {
        // The end may be cut in two.
        std::size_t tail = std::min(bytes.size(), kPasteEnd.size() - 1);
        while (tail > 0 && !kPasteEnd.starts_with(bytes.substr(bytes.size() - tail)))
            --tail;
        keep(bytes.substr(0, bytes.size() - tail));
        return bytes.size() - tail;
    }
    keep(bytes.substr(0, end));
    pasting_ = false;
    auto text = replace_all(std::exchange(paste_, {}), "\r\n", "\n");
    std::replace(text.begin(), text.end(), '\r', '\n');
    keys.push_back({.name = "paste", .text = to_valid_utf8(text)});
    return end + kPasteEnd.size();
}

}  // namespace hearth::tui
