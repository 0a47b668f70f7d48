#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "app/code_config.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/policy_verbs.h"
#include "core/json.h"
#include "core/text.h"
#include "os/paths.h"
#include "policy/call_facts.h"
#include "policy/decide.h"

namespace hearth::app {
namespace {

struct ExplainOptions {
    std::vector<std::string> files;
    std::string folder = ".";
    std::string tool = "bash";
    std::string command;
    std::string path;
    bool is_new = false;
    std::int64_t bytes = 0;
    std::string host;
    std::int64_t port = 443;
    std::string method = "GET";
    std::string arguments = "{}";
    std::string mode = "interactive";
    std::string permissions;
    bool as_json = false;
};

Result<policy::Facts> facts_of(const ExplainOptions& options) {
    const bool is_bash = options.tool == "bash";
    const bool is_file = options.tool == "read" || options.tool == "write" || options.tool == "edit";
    if (is_bash && options.command.empty())
        return Error(Code::kInvalidInput, "bash runs a command: --command 'make test'");
    if (is_file && options.path.empty())
        return Error(Code::kInvalidInput,
                     fmt::format("{} is about a file: --path src/main.py", options.tool));
    if (options.tool == policy::kConnect && options.host.empty())
        return Error(Code::kInvalidInput, "connect is about a host: --host pypi.org");
    policy::Facts facts{.tool = options.tool,
                        .interactive = options.mode == "interactive",
                        .arguments = policy::plain_arguments(options.arguments),
                        .is_new = options.is_new,
                        .bytes = options.bytes,
                        .host = to_lower_ascii(options.host),
                        .port = options.port,
                        .method = options.method};
    if (is_bash) policy::set_command(facts, options.command);
    if (is_file) facts.path = std::filesystem::path(options.path).lexically_normal().string();
    return facts;
}

void show(const policy::Facts& facts, const policy::Decision& decision, policy::Permissions permissions,
          const std::vector<policy::Fit>& fits) {
    fmt::print("{}: decided by {}.\n", policy::effect_name(decision.effect),
               policy::decided_by(decision, permissions));
    if (decision.by && !decision.by->rule->reason.empty())
        fmt::print("reason    {}\n", printable(decision.by->rule->reason));
    if (facts.tool == "bash")
        fmt::print("programs  {}{}\n", printable(join(facts.programs, ", ")),
                   facts.redirects ? "; a file may be written by a redirection" : "");
    for (const auto& fit : fits)
        fmt::print("fits      {}\n", fit_words(fit));
    if (fits.empty()) fmt::print("fits      no rule\n");
}

json::object record_of(const policy::Facts& facts, const policy::Decision& decision,
                       policy::Permissions permissions, const std::vector<policy::Fit>& fits) {
    json::array list;
    for (const auto& fit : fits)
        list.push_back(json::object{{"name", name_of(*fit.rule)},
                                    {"effect", policy::effect_name(fit.rule->effect)},
                                    {"file", to_valid_utf8(fit.policy->file)},
                                    {"line", fit.rule->line}});
    json::object out{{"decision", policy::effect_name(decision.effect)},
                     {"by", policy::decided_by(decision, permissions)},
                     {"permissions", policy::permissions_name(permissions)},
                     {"fits", std::move(list)}};
    if (decision.by) out["rule"] = name_of(*decision.by->rule);
    if (decision.by && !decision.by->rule->reason.empty()) out["reason"] = decision.by->rule->reason;
    if (facts.tool == "bash") {
        json::array programs;
        for (const auto& each : facts.programs)
            programs.emplace_back(to_valid_utf8(each));
        out["programs"] = std::move(programs);
        out["redirects"] = facts.redirects;
    }
    return out;
}

Status explain(const ExplainOptions& options) {
    const auto paths = os::paths_from_environment();
    const auto facts = TRY(facts_of(options));
    const auto policies = TRY(policies_to_use(paths, options.files, options.folder));
    auto permissions = policy::permissions_named(options.permissions);
    if (!permissions) permissions = TRY(read_code_config(paths.config)).permissions;
    const auto decision = policy::decide(policies, *permissions, facts);
    const auto fits = policy::fitting(policies, facts);
    if (options.as_json) {
        fmt::print("{}\n", json::serialize(record_of(facts, decision, *permissions, fits)));
    } else {
        show(facts, decision, *permissions, fits);
    }
    return {};
}

}  // namespace

int policy_explain(Arguments arguments) {
    ExplainOptions given;
    Options options("policy explain",
                    "Says what is decided on one call, by which rule, and which other rules fit it.");
    options.option("--tool", given.tool,
                   "bash, read, write, edit, search, grep, find, ls, a tool of an extension, or connect");
    options.option("--command", given.command, "of bash");
    options.option("--path", given.path, "of read, write and edit, below the folder");
    options.flag("--new", given.is_new, "the file does not exist yet");
    options.option("--bytes", given.bytes, "of the file afterwards", 0, std::int64_t{1} << 40U);
    options.option("--host", given.host, "of connect");
    options.option("--port", given.port, "of connect", 1, 65'535);
    options.option("--method", given.method, "of connect");
    options.option("--arguments", given.arguments, "of the call, as JSON");
    options.choice("--mode", given.mode, {"interactive", "headless"}, "whether somebody can be asked");
    options.choice("--permissions", given.permissions, {"ask", "edits", "auto"},
                   "without it: by config.toml");
    options.repeated("--policy", given.files, "this policy, in place of yours and the folder's");
    options.option("-C,--directory", given.folder, "the project's folder");
    options.flag("--json", given.as_json, "print JSON");
    options.footer(
        "Examples:\n  hearth policy explain --tool bash --command 'rm -rf build' --permissions ask\n"
        "  hearth policy explain --tool write --path src/main.py --policy policy.hearth");
    if (const auto status = options.parse(arguments)) return *status;
    const auto done = explain(given);
    return done ? 0 : report(done.error());
}

}  // namespace hearth::app
