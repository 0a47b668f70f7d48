#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "eval/detail/constants.h"

namespace hearth::eval::detail {

// A piece of source text, in bytes.
struct Span {
    std::size_t at = 0;
    std::size_t size = 0;

    bool operator==(const Span&) const = default;
};

// An expression with constants in it, in order. Words such as `true` are none.
struct Side {
    Span span;
    std::vector<Leaf> leaves;
    bool constant = false;  // nothing in it is computed
};

// A computed expression beside others: arguments of one call, or sides of one "==". The constants of one of the others may be what the
// test expects of it; which one, if any, is seen when the test runs.
struct ComparedCall {
    Span computed;
    std::vector<Leaf> given;  // the constants inside it
    std::vector<Side> others;
};

struct Comparisons {
    std::vector<ComparedCall> list;  // in the order of the calls' opening brackets
    std::vector<Span> labels;        // constants beside a function: test("what it is", () => ...)
};

// Finds them by the form of the text alone, whatever the assertions of a test are called. Never fails: text that is no right
// source gives fewer. Pure.
[[nodiscard]] Comparisons find_comparisons(std::string_view text, CodeLanguage language);

}  // namespace hearth::eval::detail
