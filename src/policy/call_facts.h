#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/file_change.h"
#include "core/result.h"
#include "policy/decide.h"
#include "sandbox/workspace_files.h"

namespace hearth::policy {

struct CallFacts {
    Facts facts;
    std::optional<agent::FileChange> change;  // of write and edit
};

// What is known of a call before it is run. Nothing is changed.
// Errors: those that the tool itself would give for these arguments (no path, a text that does not stand in the file).
[[nodiscard]] Result<CallFacts> call_facts(const sandbox::WorkspaceFiles& files, std::string_view tool,
                                           std::string_view arguments, bool interactive);

// Sets the command and what its words say of it (command_words.h). Pure.
void set_command(Facts& facts, std::string command);

// The arguments in one form: JSON without the space between its parts, and what is no JSON as it is. Pure.
[[nodiscard]] std::string plain_arguments(std::string_view arguments);

// What a remembered decision is about: SHA-256 of the tool, its arguments, the folder and the policies (by policies_hash()). Pure.
[[nodiscard]] std::string call_hash(std::string_view tool, std::string_view arguments,
                                    std::string_view folder, std::string_view policies);

// Changes with every text of a policy. Pure.
[[nodiscard]] std::string policies_hash(std::span<const Policy> policies);

// All of a call that a person has to see, whole, with control characters, bidirectional and invisible ones as escapes: the command; the
// difference that a change makes; else the arguments. Over 64 KiB its middle is left out, which is said with the hash of all.
// Errors: those of history::unified_diff().
[[nodiscard]] Result<std::string> shown_call(const CallFacts& call);

}  // namespace hearth::policy
