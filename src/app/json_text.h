#pragma once
#include <string>

#include <boost/json/fwd.hpp>

#include "core/json.h"

namespace hearth::app {

// JSON for files that people read and change: two blanks a level, one member a line, a newline at the end. Pure.
[[nodiscard]] std::string pretty_json(const json::value& value);

}  // namespace hearth::app
