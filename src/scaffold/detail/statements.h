#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/source_outline.h"

namespace hearth::scaffold::detail {

// What stands in a source beside its functions and classes: imports, constants, fields, prototypes.

using Lines = std::vector<std::string>;

struct Statement {
    std::size_t first_line = 0;  // from 0
    std::size_t end_line = 0;    // one past the last
    std::string name;            // what it defines: "LIMIT"; "area(" for a prototype; empty when nothing
    bool is_import = false;
};

// The statements in the lines [first, end) that belong to none of the definitions; comments, lone brackets and namespaces
// are left out. A statement that goes on over several lines is one. Pure; one pass.
[[nodiscard]] std::vector<Statement> statements_outside(const Lines& lines,
                                                        const std::vector<Definition>& definitions,
                                                        std::size_t first, std::size_t end, Syntax syntax);

[[nodiscard]] bool is_import(std::string_view line, Syntax syntax);

// Whether a definition only says that its body was left out: nothing but "...", or a comment, perhaps with "pass".
[[nodiscard]] bool is_left_out(const Lines& lines, const Definition& definition, Syntax syntax);

// The text of lines [first, end) with spaces made single, for comparing.
[[nodiscard]] std::string flat_text(const Lines& lines, std::size_t first, std::size_t end);

// Nothing but a comment, or a line of one. Pure.
[[nodiscard]] bool is_comment_line(std::string_view line, Syntax syntax);

}  // namespace hearth::scaffold::detail
