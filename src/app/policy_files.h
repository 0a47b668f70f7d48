#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "os/paths.h"
#include "policy/decision_book.h"
#include "policy/rule.h"
#include "sandbox/workspace_files.h"

namespace hearth::app {

// One policy of a file. Errors: those of reading it, and of parse_policy(); kPermission for one of `Origin::kUser` that others can write.
[[nodiscard]] Result<policy::Policy> read_policy(const std::filesystem::path& file, policy::Origin origin);

// A person's own policy (policy.hearth or policy.cedar beside config.toml), and that of the project (.hearth/policy.hearth or .cedar, where the
// agent cannot write, and which can only tighten). None where there is none.
// Errors: as read_policy(); kConflict where there are both names in one place.
[[nodiscard]] Result<std::vector<policy::Policy>> read_policies(const os::Paths& paths,
                                                                const sandbox::WorkspaceFiles& files);

// What persons permit for good.
[[nodiscard]] policy::DecisionBook decision_book(const os::Paths& paths);

}  // namespace hearth::app
