#include "policy/decide.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>

#include "agent/look_tools.h"
#include "core/text.h"
#include "policy/detail/lexer.h"

namespace hearth::policy {
namespace {

using Kind = Node::Kind;

struct PermissionsRow {
    std::string_view name;
    Permissions permissions;
};

constexpr std::array kPermissions = {PermissionsRow{"ask", Permissions::kAsk},
                                     PermissionsRow{"edits", Permissions::kEdits},
                                     PermissionsRow{"auto", Permissions::kAuto}};

struct Value {
    std::int64_t number = 0;  // of a truth 0 or 1
    std::string_view text;
    const std::vector<std::string>* texts = nullptr;
};

Value value_of(Attribute attribute, const Facts& facts) {
    switch (attribute) {
        case Attribute::kTool: return {.text = facts.tool};
        case Attribute::kMode: return {.text = facts.interactive ? "interactive" : "headless"};
        case Attribute::kArguments: return {.text = facts.arguments};
        case Attribute::kCommand: return {.text = facts.command};
        case Attribute::kPrograms: return {.texts = &facts.programs};
        case Attribute::kRedirects: return {.number = facts.redirects ? 1 : 0};
        case Attribute::kPath: return {.text = facts.path};
        case Attribute::kNew: return {.number = facts.is_new ? 1 : 0};
        case Attribute::kBytes: return {.number = facts.bytes};
        case Attribute::kHost: return {.text = facts.host};
        case Attribute::kPort: return {.number = facts.port};
        case Attribute::kMethod: break;
    }
    return {.text = facts.method};
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool of_lists(Kind kind, const Value& left, const Value& right) {
    switch (kind) {
        case Kind::kIsEmpty: return left.texts->empty();
        case Kind::kContains: return contains(*left.texts, right.text);
        case Kind::kContainsAll:
            return std::all_of(right.texts->begin(), right.texts->end(),
                               [&](const std::string& each) { return contains(*left.texts, each); });
        default: break;
    }
    return std::any_of(right.texts->begin(), right.texts->end(),
                       [&](const std::string& each) { return contains(*left.texts, each); });
}

// Both of one type, of which the other members are alike.
bool compared(Kind kind, const Value& left, const Value& right) {
    switch (kind) {
        case Kind::kEqual: return left.number == right.number && left.text == right.text;
        case Kind::kUnequal: return left.number != right.number || left.text != right.text;
        case Kind::kLess: return left.number < right.number;
        case Kind::kLessOrEqual: return left.number <= right.number;
        case Kind::kMore: return left.number > right.number;
        default: break;
    }
    return left.number >= right.number;
}

Value result_of(const Node& node, const std::vector<Value>& before, const Facts& facts) {
    const auto truth = [](bool is) { return Value{.number = is ? 1 : 0}; };
    switch (node.kind) {
        case Kind::kLiteral: return {.number = node.number, .text = node.text, .texts = &node.texts};
        case Kind::kAttribute: return value_of(node.attribute, facts);
        case Kind::kNot: return truth(before[node.left].number == 0);
        case Kind::kAnd: return truth(before[node.left].number != 0 && before[node.right].number != 0);
        case Kind::kOr: return truth(before[node.left].number != 0 || before[node.right].number != 0);
        case Kind::kLike: return truth(is_like(before[node.left].text, node.text));
        case Kind::kContains:
        case Kind::kContainsAll:
        case Kind::kContainsAny:
        case Kind::kIsEmpty: return truth(of_lists(node.kind, before[node.left], before[node.right]));
        default: break;
    }
    return truth(compared(node.kind, before[node.left], before[node.right]));
}

// Operands stand before what has them, so that one pass is enough.
bool holds(const Condition& condition, const Facts& facts) {
    std::vector<Value> values;
    values.reserve(condition.nodes.size());
    for (const auto& node : condition.nodes)
        values.push_back(result_of(node, values, facts));
    return (values.back().number != 0) != condition.unless;
}

bool is_about(const Resource& resource, const std::string& path) {
    if (resource.kind == Resource::Kind::kAny) return true;
    if (resource.kind == Resource::Kind::kFile) return path == resource.path;
    if (resource.path == ".") return true;
    return path.starts_with(resource.path) && path.size() > resource.path.size() &&
           path[resource.path.size()] == '/';
}

// Evidence is kept in the session alone; shells shows and ends what was permitted as bash.
bool changes_nothing(std::string_view tool) {
    return agent::only_looks(tool) || tool == "evidence_add" || tool == "evidence_get" || tool == "shells";
}

Effect usual(Permissions permissions, std::string_view tool) {
    if (permissions == Permissions::kAuto || changes_nothing(tool) || tool == kConnect)
        return Effect::kPermit;
    const bool change = tool == "write" || tool == "edit";
    return permissions == Permissions::kEdits && change ? Effect::kPermit : Effect::kAsk;
}

}  // namespace

std::optional<Permissions> permissions_named(std::string_view name) {
    for (const auto& row : kPermissions)
        if (row.name == name) return row.permissions;
    return std::nullopt;
}

std::string_view permissions_name(Permissions permissions) {
    for (const auto& row : kPermissions)
        if (row.permissions == permissions) return row.name;
    return "ask";
}

bool is_like(std::string_view text, std::string_view pattern) {
    std::size_t at = 0;    // in text
    std::size_t here = 0;  // in pattern
    std::size_t star = std::string_view::npos;
    std::size_t taken = 0;  // of the text, by the latest star
    while (at < text.size()) {
        const char wanted = here < pattern.size() ? pattern[here] : '\0';
        const bool wild = here < pattern.size() && wanted == '*';
        if (wild) {
            star = here++;
            taken = at;
        } else if (here < pattern.size() && (wanted == detail::kStar ? '*' : wanted) == text[at]) {
            ++here;
            ++at;
        } else if (star != std::string_view::npos) {
            here = star + 1;
            at = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', here) == std::string_view::npos;
}

bool fits(const Rule& rule, const Facts& facts) {
    const bool named = contains(rule.actions, facts.tool);
    if (!rule.actions.empty() && !named) return false;
    // Nobody is asked while a request waits.
    if (facts.tool == kConnect && rule.effect == Effect::kAsk) return false;
    if (!is_about(rule.resource, facts.path)) return false;
    return std::all_of(rule.conditions.begin(), rule.conditions.end(),
                       [&](const Condition& each) { return holds(each, facts); });
}

std::vector<Fit> fitting(std::span<const Policy> policies, const Facts& facts) {
    std::vector<Fit> out;
    for (const auto& policy : policies)
        for (const auto& rule : policy.rules)
            if (fits(rule, facts)) out.push_back({&policy, &rule});
    return out;
}

Decision decide(std::span<const Policy> policies, Permissions permissions, const Facts& facts) {
    Decision out{.effect = usual(permissions, facts.tool), .by = {}};
    for (const auto& fit : fitting(policies, facts)) {
        if (out.by && fit.rule->effect <= out.effect) continue;
        out = {.effect = fit.rule->effect, .by = fit};
    }
    return out;
}

std::string decided_by(const Decision& decision, Permissions permissions) {
    if (!decision.by) return fmt::format("--permissions {}", permissions_name(permissions));
    const auto& [policy, rule] = *decision.by;
    return fmt::format("rule '{}' of {}{}", printable(name_of(*rule)),
                       policy->origin == Origin::kProject ? "the project's " : "",
                       printable(std::filesystem::path(policy->file).filename().string()));
}

std::vector<std::string> closed_paths(std::span<const Policy> policies) {
    std::vector<std::string> out;
    for (const auto& policy : policies) {
        for (const auto& rule : policy.rules) {
            const bool always = rule.effect == Effect::kForbid && rule.conditions.empty() &&
                                rule.resource.kind != Resource::Kind::kAny;
            if (always && contains(rule.actions, "write") && contains(rule.actions, "edit") &&
                !contains(out, rule.resource.path))
                out.push_back(rule.resource.path);
        }
    }
    return out;
}

}  // namespace hearth::policy
