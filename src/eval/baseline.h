#pragma once
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/ranking.h"

namespace hearth::eval {

// The arms of a report that was kept with `hearth eval report --json`, for comparing later runs against it; unfinished
// attempts are left out. Errors: kInvalidInput with the file. Pure.
[[nodiscard]] Result<std::vector<Arm>> parse_baseline(std::string_view text,
                                                      const std::filesystem::path& file);

}  // namespace hearth::eval
