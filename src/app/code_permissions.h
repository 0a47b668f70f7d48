#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/code_audit.h"
#include "core/known_secrets.h"
#include "core/result.h"
#include "extend/ui.h"
#include "os/paths.h"
#include "policy/gate.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_files.h"

namespace hearth::app {

// What a run's permissions are made of; all that is referred to outlives the gate.
struct PermissionParts {
    const os::Paths& paths;
    std::optional<policy::Permissions> permissions;  // --permissions; nothing: by config.toml
    const sandbox::WorkspaceFiles& files;
    std::shared_ptr<CodeAudit> audit;  // shared with the sandbox and the tools
    std::shared_ptr<const KnownSecrets> secrets;
};

// The gate of a run, which asks the program that config.toml names for it, or nobody, until somebody else is named. Nothing where there is
// nothing to judge by: no policy, and permissions that permit all. Files in the folder that no call may change are shown to commands read-only.
// Errors: those of the policies, of config.toml and of the decisions; kTooLarge for more closed files than a sandbox can hold.
[[nodiscard]] Result<std::shared_ptr<policy::Gate>> open_gate(const PermissionParts& parts,
                                                              sandbox::Policy& commands);

// The tools behind the gate, where there is one.
[[nodiscard]] agent::ToolBox behind(const std::shared_ptr<policy::Gate>& gate, agent::ToolBox tools);

// Has the person (or the client) behind `ui` asked for as long as this object lives, then nobody. Threads: one owner.
class AskedByUi {
public:
    // There may be no gate; `ui` outlives it.
    AskedByUi(std::shared_ptr<policy::Gate> gate, extend::Ui& ui);
    AskedByUi(const AskedByUi&) = delete;
    AskedByUi& operator=(const AskedByUi&) = delete;
    ~AskedByUi();

private:
    std::shared_ptr<policy::Gate> gate_;  // shared with the tools
};

// Asks by lines on standard error and standard input, which are a terminal. `prepare` (may be empty) clears what stands there.
[[nodiscard]] policy::Asker ask_at_terminal(std::function<void()> prepare);

// The question as a text for a person.
[[nodiscard]] std::string question_text(const policy::Question& question);

}  // namespace hearth::app
