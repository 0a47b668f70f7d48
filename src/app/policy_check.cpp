#include <fmt/format.h>
#include <string>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/policy_files.h"
#include "app/policy_verbs.h"
#include "core/json.h"
#include "core/text.h"
#include "policy/decide.h"
#include "policy/parse_policy.h"

namespace hearth::app {
namespace {

json::object record_of(const policy::Policy& policy) {
    json::array rules;
    for (const auto& rule : policy.rules) {
        json::object each{{"name", name_of(rule)},
                          {"effect", policy::effect_name(rule.effect)},
                          {"line", rule.line},
                          {"column", rule.column},
                          {"text", policy::rule_text(rule)}};
        if (!rule.reason.empty()) each["reason"] = rule.reason;
        rules.emplace_back(std::move(each));
    }
    const auto notes = policy::policy_notes(policy);
    return {{"good", true},
            {"file", to_valid_utf8(policy.file)},
            {"sha256", policy.sha256},
            {"rules", std::move(rules)},
            {"notes", json::array(notes.begin(), notes.end())}};
}

}  // namespace

int policy_check(Arguments arguments) {
    std::string file;
    bool project = false;
    bool as_json = false;
    Options options("policy check", "Reads a policy, and says where it is wrong.");
    options.positional("FILE", file, "a policy, as ~/.config/hearth/policy.hearth");
    options.flag("--project", project, "as that of a project, which can only tighten");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "Ends with status 2 for a mistake, with its line and column.\n\nExample of a policy:\n"
        "  @id(\"look\") permit (action == Action::\"bash\", resource)\n"
        "  when { [\"ls\", \"cat\", \"grep\"].containsAll(context.programs) && !context.redirects };\n"
        "  @id(\"keys\") @reason(\"Keys are mine.\")\n"
        "  forbid (action in [Action::\"write\", Action::\"edit\"], resource in Folder::\"keys\");");
    if (const auto status = options.parse(arguments)) return *status;
    const auto policy = read_policy(file, project ? policy::Origin::kProject : policy::Origin::kUser);
    if (!policy && as_json) {
        fmt::print("{}\n",
                   json::serialize(json::object{{"good", false}, {"fault", policy.error().message()}}));
        return exit_status(policy.error().code());
    }
    if (!policy) return report(policy.error());
    if (as_json) {
        fmt::print("{}\n", json::serialize(record_of(*policy)));
        return 0;
    }
    for (const auto& note : policy::policy_notes(*policy))
        fmt::print("note: {}\n", printable(note));
    fmt::print("{} rule{}, right.\n", policy->rules.size(), policy->rules.size() == 1 ? "" : "s");
    for (const auto& rule : policy->rules)
        fmt::print("  {}\n", fit_words({&*policy, &rule}));
    return 0;
}

}  // namespace hearth::app
