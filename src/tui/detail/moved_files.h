#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "core/json.h"

// What an answer says of files that were, or would be, taken back (agent/file_report.h).
namespace hearth::tui::detail {

[[nodiscard]] std::size_t count_of(const json::value& data, std::string_view name);

// Something stays as it is because somebody else changed it.
[[nodiscard]] bool left_for_others(const json::value& data);

[[nodiscard]] std::string text_of(const json::value& data);

}  // namespace hearth::tui::detail
