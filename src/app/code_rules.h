#pragma once
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/edit_rules.h"

namespace hearth::app {

// The text of a rules.toml: [rules] with max_lines, forbidden, tests, search_first, explain.
// Errors: kInvalidInput "FILE:LINE:COLUMN: …" for an unknown name or a value that makes no sense. Pure.
[[nodiscard]] Result<scaffold::EditRules> parse_rules(std::string_view text,
                                                      const std::filesystem::path& file);

// The rules of a project, in .hearth/rules.toml, where the agent cannot write. Nothing where there are none. Errors: as parse_rules(), and
// those of reading.
[[nodiscard]] Result<std::optional<scaffold::EditRules>> read_rules(const sandbox::WorkspaceFiles& files);

// Files that there are and that the rules forbid to change, for a sandbox. Errors: kTooLarge for more than a sandbox can hold.
[[nodiscard]] Result<std::vector<std::filesystem::path>> forbidden_files(const sandbox::WorkspaceFiles& files,
                                                                         const scaffold::EditRules& rules);

}  // namespace hearth::app
