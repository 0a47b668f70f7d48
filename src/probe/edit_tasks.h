#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hearth::probe {

// A small change of one function of a file, whose result is known to the letter.
struct EditTask {
    std::string file;      // "shop.py"
    std::string content;   // before
    std::string function;  // that has to change
    std::string words;     // what a person would ask for
    std::string expected;  // the file afterwards
};

// Tasks of different kinds: a number, a comparison, a text, a line more, a line less. The numbers come from the seed. Pure.
[[nodiscard]] std::vector<EditTask> edit_tasks(unsigned seed);

// Whether two Python files are the same but for comments, blank lines, spaces at ends and kinds of quotes. Pure.
[[nodiscard]] bool same_code(std::string_view a, std::string_view b);

}  // namespace hearth::probe
