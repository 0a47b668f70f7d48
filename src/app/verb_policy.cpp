#include <array>
#include <filesystem>
#include <fmt/format.h>

#include "app/code_workspace.h"
#include "app/policy_files.h"
#include "app/policy_verbs.h"
#include "app/verb_parts.h"
#include "core/text.h"
#include "sandbox/workspace_files.h"

namespace hearth::app {
namespace {

constexpr std::array kParts = {
    Part{"check", "Says whether a policy is right, and what is not.", policy_check},
    Part{"test", "Decides the cases of a file, and compares with what is expected.", policy_test},
    Part{"explain", "Says what is decided on one call, and which rules fit it.", policy_explain},
    Part{"decisions", "Shows and forgets what was permitted for good.", policy_decisions},
};

constexpr VerbParts kVerb{
    .verb = "policy",
    .about =
        "What the tools of `hearth code` may do without asking: rules of your own (policy.hearth beside\n"
        "config.toml) and of a project (.hearth/policy.hearth, which can only tighten), and --permissions.",
    .parts = kParts,
    .more = "docs/policy.md has the language."};

}  // namespace

Result<std::vector<policy::Policy>> policies_to_use(const os::Paths& paths,
                                                    const std::vector<std::string>& files,
                                                    const std::string& folder) {
    std::vector<policy::Policy> out;
    for (const auto& each : files)
        out.push_back(TRY(read_policy(each, policy::Origin::kUser)));
    if (!files.empty()) return out;
    const auto workspace = TRY(sandbox::WorkspaceFiles::open(TRY(checked_workspace(folder))));
    return read_policies(paths, workspace);
}

std::string fit_words(const policy::Fit& fit) {
    return fmt::format("{}  {}  {}:{}", policy::effect_name(fit.rule->effect), printable(name_of(*fit.rule)),
                       printable(fit.policy->file), fit.rule->line);
}

int verb_policy(Arguments arguments) { return run_part(kVerb, arguments); }

}  // namespace hearth::app
