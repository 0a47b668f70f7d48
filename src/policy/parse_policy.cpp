#include "policy/parse_policy.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "os/files.h"
#include "policy/detail/attributes.h"
#include "policy/detail/condition_parser.h"
#include "policy/detail/lexer.h"
#include "policy/detail/token_reader.h"

namespace hearth::policy {
namespace {

using detail::Token;
using detail::TokenReader;

constexpr std::size_t kMaxActions = 100;
constexpr std::size_t kMaxConditions = 32;  // of one rule

template <typename Range>
bool has(const Range& range, std::string_view wanted) {
    return std::find(range.begin(), range.end(), wanted) != range.end();
}

class PolicyParser {
public:
    PolicyParser(std::vector<Token> tokens, const std::string& file, Origin origin)
        : in_(std::move(tokens), file), origin_(origin) {}

    Result<std::vector<Rule>> all() {
        std::vector<Rule> rules;
        while (in_.peek().kind != Token::Kind::kEnd) {
            if (rules.size() == kMaxRules)
                return in_.wrong(fmt::format("there are more than {} rules", kMaxRules));
            auto rule = TRY(read_rule());
            const bool doubled = !rule.id.empty() && std::any_of(rules.begin(), rules.end(), [&](auto& each) {
                return each.id == rule.id;
            });
            if (doubled)
                return detail::mistake(in_.file(), rule.line, rule.column,
                                       fmt::format("there is another rule '{}'", printable(rule.id)));
            rules.push_back(std::move(rule));
        }
        return rules;
    }

private:
    Result<Rule> read_rule() {
        Rule rule;
        rule.line = in_.peek().line;
        rule.column = in_.peek().column;
        while (in_.peek().is("@"))
            TRY(read_annotation(rule));
        TRY(read_effect(rule));
        TRY(in_.expect("(", "behind the effect"));
        if (in_.peek().is_name("principal")) {  // the agent is the only one
            in_.next();
            TRY(in_.expect(",", "behind 'principal', which stands alone: the agent is the only one"));
        }
        TRY(read_actions(rule));
        TRY(in_.expect(",", "behind the action"));
        TRY(read_resource(rule));
        TRY(in_.expect(")", "behind the resource"));
        while (in_.peek().is_name("when") || in_.peek().is_name("unless")) {
            if (rule.conditions.size() == kMaxConditions)
                return in_.wrong(fmt::format("a rule has at most {} conditions", kMaxConditions));
            const bool unless = in_.next().is_name("unless");
            TRY(in_.expect("{", "before a condition"));
            rule.conditions.push_back({unless, TRY(detail::read_condition(in_, rule.actions))});
            TRY(in_.expect("}", "behind a condition"));
        }
        TRY(in_.expect(";", "at the end of a rule"));
        return rule;
    }

    Status read_annotation(Rule& rule) {
        in_.next();
        const auto& name = in_.peek();
        if (!name.is_name("id") && !name.is_name("reason"))
            return in_.wrong(R"(behind '@' stands id("…") or reason("…"))");
        auto& member = name.is_name("id") ? rule.id : rule.reason;
        if (!member.empty()) return in_.wrong(fmt::format("the rule has its {} already", name.text));
        in_.next();
        TRY(in_.expect("(", "before the text"));
        member = TRY(in_.text("the text between quotes"));
        if (trim(member).empty()) return in_.wrong("the text before this is empty");
        return in_.expect(")", "behind the text");
    }

    Status read_effect(Rule& rule) {
        const auto& word = in_.peek();
        if (word.is_name("permit")) {
            if (origin_ == Origin::kProject)
                return in_.wrong(
                    "what a project brings can only tighten, with ask and forbid: permit stands "
                    "in your own policy");
            rule.effect = Effect::kPermit;
        } else if (word.is_name("ask")) {
            rule.effect = Effect::kAsk;
        } else if (word.is_name("forbid")) {
            rule.effect = Effect::kForbid;
        } else {
            return in_.wrong(
                fmt::format("a rule begins with permit, ask or forbid, not with {}", in_.shown()));
        }
        in_.next();
        return {};
    }

    Result<std::string> read_action() {
        TRY(in_.expect_name("Action", R"(an action is written Action::"bash")"));
        TRY(in_.expect("::", "behind 'Action'"));
        auto name = TRY(in_.text("the action's name between quotes"));
        if (name.empty()) return in_.wrong("the action before this has no name");
        return name;
    }

    Status read_actions(Rule& rule) {
        const auto place = in_.peek();
        TRY(in_.expect_name("action", "the first part of a rule is 'action'"));
        if (in_.take("==")) {
            rule.actions.push_back(TRY(read_action()));
        } else if (in_.peek().is_name("in")) {
            in_.next();
            TRY(in_.expect("[", "before a list of actions"));
            do {
                if (rule.actions.size() == kMaxActions)
                    return in_.wrong(fmt::format("a rule names at most {} actions", kMaxActions));
                rule.actions.push_back(TRY(read_action()));
            } while (in_.take(","));
            TRY(in_.expect("]", "behind a list of actions"));
        }
        if (rule.effect == Effect::kAsk && has(rule.actions, kConnect))
            return detail::mistake(
                in_.file(), place.line, place.column,
                "nobody is asked while a request waits: connect is permitted or forbidden");
        return {};
    }

    Status read_resource(Rule& rule) {
        const auto place = in_.peek();
        TRY(in_.expect_name("resource", "the last part of a rule is 'resource'"));
        const bool file = in_.take("==");
        if (!file && !in_.peek().is_name("in")) return {};
        if (!file) in_.next();
        const bool about_files =
            !rule.actions.empty() && std::all_of(rule.actions.begin(), rule.actions.end(), [](auto& action) {
                return has(detail::file_actions(), action);
            });
        if (!about_files)
            return detail::mistake(in_.file(), place.line, place.column,
                                   "only read, write and edit are about a file: name them, as in action in "
                                   R"([Action::"write", Action::"edit"])");
        rule.resource.kind = file ? Resource::Kind::kFile : Resource::Kind::kFolder;
        TRY(in_.expect_name(file ? "File" : "Folder",
                            file ? R"(behind == stands File::"…")" : R"(behind in stands Folder::"…")"));
        TRY(in_.expect("::", "before the path"));
        const auto path = in_.peek();
        const std::filesystem::path given = TRY(in_.text("a path between quotes"));
        auto normal = given.lexically_normal();
        if (!normal.has_filename() && normal.has_relative_path()) normal = normal.parent_path();
        const bool inside = !given.empty() && given.is_relative() && *normal.begin() != "..";
        if (!inside || (file && normal == "."))
            return detail::mistake(in_.file(), path.line, path.column,
                                   fmt::format("'{}' is no path below the project's folder, such as \"src\"",
                                               printable(given.string())));
        rule.resource.path = normal.string();
        return {};
    }

    TokenReader in_;
    Origin origin_;
};

std::string action_text(const Rule& rule) {
    if (rule.actions.empty()) return "action";
    std::vector<std::string> names;
    for (const auto& each : rule.actions)
        names.push_back("Action::" + detail::quoted_text(each));
    if (names.size() == 1) return "action == " + names.front();
    return "action in [" + join(names, ", ") + "]";
}

std::string resource_text(const Resource& resource) {
    switch (resource.kind) {
        case Resource::Kind::kFile: return "resource == File::" + detail::quoted_text(resource.path);
        case Resource::Kind::kFolder: return "resource in Folder::" + detail::quoted_text(resource.path);
        case Resource::Kind::kAny: break;
    }
    return "resource";
}

}  // namespace

std::string_view effect_name(Effect effect) {
    switch (effect) {
        case Effect::kPermit: return "permit";
        case Effect::kAsk: return "ask";
        case Effect::kForbid: break;
    }
    return "forbid";
}

std::string name_of(const Rule& rule) {
    return rule.id.empty() ? fmt::format("line {}", rule.line) : rule.id;
}

Result<Policy> parse_policy(std::string_view text, const std::string& file, Origin origin) {
    if (text.size() > kMaxPolicyBytes)
        return Error(Code::kTooLarge, fmt::format("{} has more than {} KiB, the limit of a policy", file,
                                                  kMaxPolicyBytes >> 10U));
    Policy policy{.origin = origin, .file = file, .sha256 = os::sha256(text), .rules = {}};
    policy.rules = TRY(PolicyParser(TRY(detail::tokens_of(text, file)), file, origin).all());
    return policy;
}

std::string rule_text(const Rule& rule) {
    std::string out;
    if (!rule.id.empty()) out += "@id(" + detail::quoted_text(rule.id) + ")\n";
    if (!rule.reason.empty()) out += "@reason(" + detail::quoted_text(rule.reason) + ")\n";
    out +=
        fmt::format("{} ({}, {})", effect_name(rule.effect), action_text(rule), resource_text(rule.resource));
    for (const auto& each : rule.conditions)
        out += fmt::format("\n{} {{ {} }}", each.unless ? "unless" : "when", detail::condition_text(each));
    return out + ";\n";
}

std::string policy_text(const Policy& policy) {
    std::string out;
    for (const auto& rule : policy.rules)
        out += (out.empty() ? "" : "\n") + rule_text(rule);
    return out;
}

std::vector<std::string> policy_notes(const Policy& policy) {
    std::vector<std::string> out;
    for (const auto& rule : policy.rules) {
        for (const auto& action : rule.actions) {
            if (has(detail::own_actions(), action)) continue;
            out.push_back(fmt::format(
                "{}:{}:{}: '{}' is none of hearth's own tools (bash, read, write, edit, "
                "search, grep, find, ls, evidence_add, evidence_get, shells), nor connect: it has to be "
                "an extension's",
                policy.file, rule.line, rule.column, printable(action)));
        }
    }
    return out;
}

}  // namespace hearth::policy
