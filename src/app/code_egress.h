#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/code_audit.h"
#include "core/result.h"
#include "egress/rule.h"
#include "os/paths.h"
#include "sandbox/sandbox.h"

namespace hearth::app {

// What [egress] of config.toml and --allow-host allow; nothing by default.
// Errors: kInvalidInput for a rule that is none, with its place.
[[nodiscard]] Result<std::vector<egress::Rule>> egress_rules(const os::Paths& paths,
                                                             const std::vector<std::string>& allowed);

// Gives commands under this policy the network that the rules allow, by a proxy that lives as long as the policy and its copies. Every
// request is recorded first. Without rules there is no network.
// Errors: kUnavailable, when the proxy cannot start.
[[nodiscard]] Status open_egress(sandbox::Policy& policy, std::vector<egress::Rule> rules,
                                 std::shared_ptr<CodeAudit> audit);

}  // namespace hearth::app
