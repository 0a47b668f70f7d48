#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/source_outline.h"

namespace hearth::scaffold {

// A line in place of another one.
struct Mutation {
    std::string line;       // with its indentation
    double likelihood = 0;  // how often such a change is the one that is needed; larger is likelier, 1 to 5
};

// The small changes of one line that bugs are most often made of: the other comparison, one more or one less, the other operator,
// a condition the other way round, min for max, another name, a statement too much, and in Python a line one level too deep.
// Strings and comments stay as they are, but for separators. `names` are the variables that may stand for each other there;
// `before` is the line above it. Lines are as split_lines gives them. Likeliest first, each once, none equal to the line.
//
// Source: mutation operators of program repair (Debroy and Wong, "Using Mutation to Automatically Suggest Fixes for Faulty
// Programs", ICST 2010). Pure.
[[nodiscard]] std::vector<Mutation> mutations_of(std::string_view line, std::string_view before,
                                                 Syntax syntax, const std::vector<std::string>& names);

// The variables that a piece of code assigns, takes as parameters or loops over, in the order of their first use, at most 12. Pure.
[[nodiscard]] std::vector<std::string> variables_in(std::string_view code, Syntax syntax);

}  // namespace hearth::scaffold
