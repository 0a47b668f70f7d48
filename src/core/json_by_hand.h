#pragma once
#include <cstddef>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "core/json.h"
#include "core/result.h"

namespace hearth {

// JSON as people write it into files: with comments as in C, and a comma behind the last member. Errors and threads: as parse_json().
[[nodiscard]] Result<json::value> parse_json_by_hand(std::string_view text, const JsonLimits& limits = {});

}  // namespace hearth
