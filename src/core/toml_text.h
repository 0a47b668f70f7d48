#pragma once
#include <optional>
#include <string_view>

namespace hearth {

struct TomlMistake {
    unsigned line = 1;
    unsigned column = 1;  // in bytes
    std::string_view what;
};

// What is wrong with a text that must not be given to toml++ 3.3: it is not UTF-8, or has a character over ASCII outside of
// strings and comments, which no TOML has (the library looks such characters up as white space, in a table that promises the
// compiler that they are). Unclosed strings are left to the library. Pure.
[[nodiscard]] std::optional<TomlMistake> toml_mistake(std::string_view text);

}  // namespace hearth
