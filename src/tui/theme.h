#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "tui/style.h"

namespace hearth::tui {

// What each kind of text looks like.
struct Theme {
    std::string name;
    Style plain;
    Style muted;   // what is beside the matter: times, hints
    Style accent;  // what is chosen, and the prompt's frame
    Style success;
    Style warning;
    Style error;
    Style user;      // what a person said; with a ground
    Style thinking;  // of a model
    Style tool;      // name of a tool
    Style output;    // of a tool
    Style heading;   // of Markdown, as all that follow
    Style code;
    Style code_block;
    Style quote;
    Style link;
    Style marker;  // of a list, and rules
    Style table_line;
    Style added;  // lines of a diff
    Style removed;
    Style added_mark;  // what differs within such a line
    Style removed_mark;
};

[[nodiscard]] const Theme& dark_theme();
[[nodiscard]] const Theme& light_theme();

// "dark" or "light".
[[nodiscard]] const Theme* theme_named(std::string_view name);

// For a terminal whose COLORFGBG says how its ground is ("15;0"): light for 7 and 9 to 15, else dark. May be null. Pure.
[[nodiscard]] const Theme& theme_for(const char* colorfgbg);

}  // namespace hearth::tui
