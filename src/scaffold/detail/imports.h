#pragma once
#include <cstddef>
#include <optional>

#include "scaffold/detail/matching.h"

namespace hearth::scaffold::detail {

struct NewImports {
    std::size_t line = 0;  // of the file, in front of which they go
    Lines lines;
};

// The imports, includes and using lines of the code that the file lacks, and where they belong. Those inside functions and
// classes do not count. Pure.
[[nodiscard]] std::optional<NewImports> missing_imports(const Source& file, const Source& code,
                                                        Syntax syntax);

}  // namespace hearth::scaffold::detail
