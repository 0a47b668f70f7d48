#include "egress/secrets.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"

namespace hearth::egress {
namespace {

Error out_of_place(std::string_view name, std::string_view where, std::span<const Rule> rules) {
    std::vector<std::string> ways;
    for (const Rule& rule : rules)
        if (rule.secret && rule.secret->name == name) ways.push_back(fmt::format("'{}'", rule.text));
    return {Code::kPermission,
            fmt::format("the request carries the secret '{}' in {}. It goes only where a rule has it go: {}",
                        name, where, join(ways, ", "))};
}

}  // namespace

Secrets::~Secrets() {
    for (HeldSecret& each : held_)
        wipe(each.value);
}

Result<Secrets> Secrets::create(std::vector<HeldSecret> held, std::span<const Rule> rules) {
    Secrets made;
    made.held_ = std::move(held);
    for (const HeldSecret& each : made.held_) {
        const bool known = made.values_.add(each.name, each.value, each.placeholder) &&
                           made.placeholders_.add(each.name, each.placeholder);
        if (!known)
            return Error(Code::kInvalidInput,
                         fmt::format("the secret '{}' has less than {} characters: it could not be told from "
                                     "other text in answers, so that no rule can have it",
                                     each.name, KnownSecrets::kLeast));
    }
    for (const Rule& rule : rules)
        if (rule.secret && made.named(rule.secret->name) == nullptr)
            return Error(Code::kInvalidInput,
                         fmt::format("rule '{}' names a secret that is not there", printable(rule.text)));
    return made;
}

const HeldSecret* Secrets::named(std::string_view name) const {
    const auto found = std::ranges::find(held_, name, &HeldSecret::name);
    return found == held_.end() ? nullptr : &*found;
}

std::string_view Secrets::carried_in(std::string_view text) const {
    const std::string_view name = placeholders_.find(text);
    return name.empty() ? values_.find(text) : name;
}

const Rule* Secrets::rule_for(std::span<const Rule> rules, std::span<const std::size_t> allowing,
                              std::string_view header, std::string_view value) const {
    for (const std::size_t number : allowing) {
        const Rule& rule = rules[number];
        if (!rule.secret || rule.secret->header != header) continue;
        const HeldSecret* held = named(rule.secret->name);
        const auto given = rule.secret->secret_of(value);
        if (given && (*given == held->placeholder || *given == held->value)) return &rule;
    }
    return nullptr;
}

Result<std::vector<std::size_t>> Secrets::put_in(std::span<const Rule> rules,
                                                 std::span<const std::size_t> allowing,
                                                 net::ServedRequest& request) const {
    std::vector<std::size_t> used;
    if (held_.empty()) return used;
    for (const std::string& text : {request.target, percent_decoded(request.target), request.method})
        if (const auto name = carried_in(text); !name.empty())
            return out_of_place(name, "its address", rules);
    if (const auto name = carried_in(request.body); !name.empty())
        return out_of_place(name, "its body", rules);
    for (auto& [header, value] : request.headers) {
        if (const auto name = carried_in(header); !name.empty())
            return out_of_place(name, "the name of a header", rules);
        const auto name = carried_in(value);
        if (name.empty()) continue;
        const Rule* rule = rule_for(rules, allowing, header, value);
        if (rule == nullptr)
            return out_of_place(name, fmt::format("the header {}", printable(header)), rules);
        value = rule->secret->value_with(named(rule->secret->name)->value);
        used.push_back(static_cast<std::size_t>(rule - rules.data()));
    }
    return used;
}

bool knows_a_secret(std::span<const Rule> rules, const Asked& asked) {
    return std::ranges::any_of(
        rules, [&](const Rule& rule) { return rule.secret && is_about(rule, asked.tls, asked.place); });
}

}  // namespace hearth::egress
