#pragma once
#include <string_view>

namespace hearth::sandbox {

// Whether a folder of this name is full of what tools made or fetched (.git, node_modules, build, __pycache__, target, ...): nothing there
// is edited by hand. Pure.
[[nodiscard]] bool is_tool_folder(std::string_view name);

}  // namespace hearth::sandbox
