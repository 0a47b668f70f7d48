#include <fmt/format.h>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/policy_cases.h"
#include "app/policy_files.h"
#include "app/policy_verbs.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "policy/decide.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxCases = std::size_t{5} << 20U;

struct Outcome {
    PolicyCase wanted;
    policy::Decision decision;

    [[nodiscard]] std::string rule() const {
        return decision.by ? name_of(*decision.by->rule) : std::string();
    }

    [[nodiscard]] bool good() const {
        return decision.effect == wanted.expected && (!wanted.rule || *wanted.rule == rule());
    }

    [[nodiscard]] std::string by() const { return policy::decided_by(decision, wanted.permissions); }

    // "forbid, by rule 'keys'".
    [[nodiscard]] std::string expected() const {
        const std::string effect(policy::effect_name(wanted.expected));
        if (!wanted.rule) return effect;
        return effect +
               (wanted.rule->empty() ? ", by the permissions" : fmt::format(", by rule '{}'", *wanted.rule));
    }
};

json::object record_of(const Outcome& outcome) {
    return {{"name", outcome.wanted.name},
            {"line", outcome.wanted.line},
            {"good", outcome.good()},
            {"expected", policy::effect_name(outcome.wanted.expected)},
            {"decision", policy::effect_name(outcome.decision.effect)},
            {"rule", outcome.rule()},
            {"by", outcome.by()}};
}

Result<std::vector<Outcome>> outcomes(const std::vector<policy::Policy>& policies, const std::string& file) {
    const auto text = TRY(os::read_file(file, kMaxCases));
    std::vector<Outcome> out;
    for (auto& each : TRY(parse_policy_cases(text, file))) {
        const auto decision = policy::decide(policies, each.permissions, each.facts);
        out.push_back({std::move(each), decision});
    }
    return out;
}

Result<bool> test(const std::string& policy_file, bool project, const std::string& cases, bool as_json) {
    std::vector<policy::Policy> policies;
    policies.push_back(
        TRY(read_policy(policy_file, project ? policy::Origin::kProject : policy::Origin::kUser)));
    std::size_t failed = 0;
    json::array records;
    for (const auto& each : TRY(outcomes(policies, cases))) {
        failed += each.good() ? 0 : 1;
        records.emplace_back(record_of(each));
        if (as_json) continue;
        fmt::print("{}  {}: {}, by {}\n", each.good() ? "good " : "WRONG", printable(each.wanted.name),
                   policy::effect_name(each.decision.effect), each.by());
        if (!each.good())
            fmt::print("       {}:{} expects {}\n", printable(cases), each.wanted.line,
                       printable(each.expected()));
    }
    const auto count = records.size();
    if (as_json) {
        fmt::print("{}\n",
                   json::serialize(json::object{{"good", failed == 0}, {"cases", std::move(records)}}));
    } else {
        fmt::print("{} of {} cases are decided as expected.\n", count - failed, count);
    }
    return failed == 0;
}

}  // namespace

int policy_test(Arguments arguments) {
    std::string file;
    std::string cases;
    bool project = false;
    bool as_json = false;
    Options options("policy test", "Decides cases by a policy, and compares with what they expect.");
    options.positional("FILE", file, "a policy");
    options.positional("CASES", cases, "a TOML file with what is expected");
    options.flag("--project", project, "the policy is a project's, which can only tighten");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "Ends with status 1 when a case is decided otherwise.\n\nExample of cases:\n"
        "  [[case]]\n  name = \"the tests run by themselves\"\n  tool = \"bash\"\n  command = \"make test\"\n"
        "  permissions = \"ask\"\n  decision = \"permit\"\n  rule = \"tests\"");
    if (const auto status = options.parse(arguments)) return *status;
    const auto good = test(file, project, cases, as_json);
    if (!good) return report(good.error());
    return *good ? 0 : 1;
}

}  // namespace hearth::app
