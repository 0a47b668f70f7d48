#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "tui/keys.h"

namespace hearth::tui {

// Which keys do what. Actions have the names of pi's keybindings.json ("app.interrupt"), so that a file of its users works; those of
// parts that are not here are passed over.
class Keymap {
public:
    // As pi has them.
    static Keymap defaults();

    // The defaults, changed by a file: {"ACTION": "KEY" or ["KEY", …], …}; an empty list takes an action's keys away. `notices` tells what
    // in it was not understood. Errors: kCorrupt for what is no JSON object. Pure.
    static Result<Keymap> parse(std::string_view json, std::vector<std::string>& notices);

    [[nodiscard]] bool is(const Key& key, std::string_view action) const;

    // For a person; empty when none is set.
    [[nodiscard]] std::string first_key(std::string_view action) const;

    struct Row {
        std::string action;
        std::vector<std::string> keys;
        std::string meaning;
    };

    // All actions in the order in which they are taught.
    [[nodiscard]] std::vector<Row> rows() const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> keys_;  // by action
};

// "Shift+Ctrl+x" → "ctrl+shift+x". Errors: kInvalidInput when it names no key. Pure.
[[nodiscard]] Result<std::string> normal_key(std::string_view written);

}  // namespace hearth::tui
