#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/detail/statements.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold::detail {

// A source text cut into lines, with its definitions.
struct Source {
    Lines lines;
    std::vector<Definition> definitions;
};

// "Ring::" of "Ring::push", "Ledger." of "Ledger.add".
[[nodiscard]] std::string_view qualifier(std::string_view name);

// The lines of a definition up to its body, without spaces: tells overloads, getters and setters apart.
[[nodiscard]] std::string signature(const Source& source, const Definition& definition, Syntax syntax);

// Which definition of the file a definition of a model's code stands for.
//
// The same full name, of overloads the one with the same signature, else with as many parameters. Else the same short name when
// no other has it (or when it is `wanted`) and the classes named do not contradict. `taken` are definitions that another one of
// the code stands for already. Pure.
[[nodiscard]] std::optional<std::size_t> find_match(const Source& file, const Source& code, std::size_t index,
                                                    Syntax syntax, std::string_view wanted,
                                                    const std::set<std::size_t>& taken);

// The lines of a definition of the code as they are to stand in place of `old`: with its indentation, and in languages with
// "Class::" with or without that, as the old one has it.
[[nodiscard]] Lines adapted(const Source& code, const Definition& definition, const Source& file,
                            const Definition& old, Syntax syntax);

// The lines with the indentation `to` where they had `from`.
[[nodiscard]] Lines shifted(Lines lines, std::string_view from, std::string_view to);

[[nodiscard]] Lines lines_of(const Lines& lines, std::size_t first, std::size_t end);

// The spaces and tabs at the start of a line; empty past the end.
[[nodiscard]] std::string indentation(const Lines& lines, std::size_t line);

}  // namespace hearth::scaffold::detail
