#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace hearth::scaffold {

// Slips that small models make in code that is right otherwise, and that the output of the tests names so plainly that no model is needed:
// - an attribute of the name of a method hides it (Python: "'int' object is not callable"; JavaScript: "is not a function"): the attribute
//   gets another name
// - a module or name of the standard library that was not imported (Python's NameError, Go's "undefined: strings"), a header that the
//   compiler asks for, an import that is not used (Go)
// The content with what `failure` tells of mended; nothing where it tells of no such slip in this file. Pure; any text.
[[nodiscard]] std::optional<std::string> mend_slips(std::string_view path, std::string_view content,
                                                    std::string_view failure);

}  // namespace hearth::scaffold
