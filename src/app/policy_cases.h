#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "policy/decide.h"

namespace hearth::app {

// A call, and what is expected to be decided on it.
struct PolicyCase {
    std::string name;
    policy::Facts facts;
    policy::Permissions permissions = policy::Permissions::kAuto;
    policy::Effect expected = policy::Effect::kPermit;
    std::optional<std::string> rule;  // that is expected to decide; "" for none: the permissions decide
    std::size_t line = 1;
};

// [[case]] tables with name, tool (or "connect"), decision (permit, ask, forbid), and what the tool has: command; path, new, bytes; host, port,
// method; arguments. Also mode (interactive, headless), permissions (ask, edits, auto) and rule (an id, "line 12" or "permissions").
// Errors: kInvalidInput "FILE:LINE:COLUMN: …" for an unknown name, a value of another kind, what the tool does not have, and a file without a
// case. Pure.
[[nodiscard]] Result<std::vector<PolicyCase>> parse_policy_cases(std::string_view text,
                                                                 const std::filesystem::path& file);

}  // namespace hearth::app
