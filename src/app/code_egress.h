#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/code_audit.h"
#include "app/code_network.h"
#include "core/result.h"
#include "guard/secret_store.h"
#include "os/paths.h"
#include "policy/gate.h"
#include "sandbox/sandbox.h"

namespace hearth::app {

// "NAME" or "NAME=VARIABLE": a secret and the variable of commands that stands for it; without one it is called as the secret, in upper
// case. Errors: kInvalidInput, also for a variable that means something to programs (PATH, LD_PRELOAD). Pure.
[[nodiscard]] Result<SecretVariable> parse_secret_variable(std::string_view text);

// What [egress] of config.toml, --allow-host and --secret allow; nothing by default.
// Errors: kInvalidInput with its place for a rule or a secret that is none, for a secret that no rule names, and for two in one variable.
[[nodiscard]] Result<CodeNetwork> code_network(const os::Paths& paths,
                                               const std::vector<std::string>& allowed,
                                               const std::vector<std::string>& secrets);

// Gives commands under this policy the network that the rules allow and the gate (there may be none) does not forbid, by a proxy that lives as long as the policy and its copies. Every
// request is recorded first. Secrets that rules name are taken from `store`; commands have placeholders for them in variables.
// Without rules there is no network.
// Errors: kUnavailable, when the proxy cannot start; kNotFound, kPermission of the store; kInvalidInput for a secret that is too short.
[[nodiscard]] Status open_egress(sandbox::Policy& policy, const CodeNetwork& network,
                                 const guard::SecretStore& store, std::shared_ptr<CodeAudit> audit,
                                 std::shared_ptr<policy::Gate> gate = {});

}  // namespace hearth::app
