#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "eval/detail/constant_draw.h"

namespace hearth::eval::detail {

// A comparison of the tests as it was and as it is now: the constants that a call is given, then those that it gives.
struct ProvenExample {
    struct Change {
        bool number = false;
        std::string before;
        std::string after;
    };

    std::string function;  // what is called
    std::vector<Change> changes;
};

struct InstructionChanges {
    Draw specification = {};  // what the instructions demand: changed wherever it stands
    Draw in_examples =
        {};  // changed in examples, and words also in code: no expected value changed otherwise because of it
    std::set<std::string> old = {};  // other keys whose old values the tests no longer have
    std::vector<ProvenExample> examples = {};
    bool computed_anew = false;          // the specification's change gave other expected values
    std::set<std::string> numbers = {};  // of the solution: those may stand in examples as they are
};

// The instructions with the constants of a variant. An example, a paragraph that calls itself one, is changed where a comparison of
// the tests proves it as a whole, and otherwise stays as it was, which is still true while the specification is the same.
// Empty where that cannot be: the specification's change made other results, and an example holds one that no test proves. Pure.
[[nodiscard]] std::optional<std::string> rewritten_instructions(std::string_view text,
                                                                const InstructionChanges& changes);

// The words that stand in code (between backticks), and those that stand outside of it.
struct InstructionWords {
    std::set<std::string> code;
    std::set<std::string> prose;
    std::set<std::string> numbers;
};

[[nodiscard]] InstructionWords words_of_instructions(std::string_view text);

}  // namespace hearth::eval::detail
