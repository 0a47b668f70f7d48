#pragma once
#include <string_view>

namespace hearth {

// Whether a relative path fits a pattern: '?' is one character and '*' any number of them, both within one folder; "**" goes
// over folders too. Nothing else is special. Pure. Cost: bounded by the product of both lengths.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view path);

}  // namespace hearth
