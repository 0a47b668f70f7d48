#pragma once
#include <chrono>
#include <string_view>

#include "core/result.h"

namespace hearth::app {

// A length of time as a person writes it: a whole number and s, m, h, d or w; at most 100 years.
// Errors: kInvalidInput with the forms there are. Pure.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace hearth::app
