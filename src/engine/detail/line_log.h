#pragma once
#include <filesystem>
#include <string>

#include "core/result.h"

namespace hearth::engine::detail {

// Appends a line, with its '\n', to a log that people read; its folder is made when it is missing. Readable by the user alone.
// Errors: those of opening and writing.
[[nodiscard]] Status append_line(const std::filesystem::path& file, const std::string& line);

}  // namespace hearth::engine::detail
