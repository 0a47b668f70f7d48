#include "eval/detail/story.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <set>

#include "core/text.h"

namespace hearth::eval::detail {
namespace {

constexpr std::size_t kMaxChoices = 10'000;
constexpr int kMaxDraws = 1000;

bool is_name(std::string_view text) {
    const auto parsed = Expression::parse(text);
    return parsed && parsed->names().size() == 1 && *parsed->names().begin() == text;
}

std::optional<Value> plain_value(const TomlNode& node) {
    if (const auto* text = std::get_if<std::string>(&node.value)) return Value(*text);
    if (const auto* whole = std::get_if<std::int64_t>(&node.value)) return Value(Rational::whole(*whole));
    if (const auto* number = std::get_if<double>(&node.value)) {
        const auto exact = Rational::parse(fmt::format("{}", *number));
        if (exact) return Value(*exact);
    }
    return std::nullopt;
}

Result<Rational> number(const TomlReader& reader, const TomlNode& table, std::string_view key) {
    const auto* node = table.find(key);
    const auto value = node == nullptr ? std::nullopt : plain_value(*node);
    if (const auto* found = value ? std::get_if<Rational>(&*value) : nullptr; found != nullptr) return *found;
    return reader.wrong(node == nullptr ? table : *node, fmt::format("'{}' must be a number", key));
}

// Every step from `from` to `to`.
Result<std::vector<Value>> range(const TomlReader& reader, const TomlNode& table) {
    auto at = TRY(number(reader, table, "from"));
    const auto last = TRY(number(reader, table, "to"));
    const auto step = table.find("step") == nullptr ? Rational::whole(1) : TRY(number(reader, table, "step"));
    if (!(Rational() < step) || last < at)
        return reader.wrong(table, "'from' must not be above 'to', and 'step' must be above 0");
    std::vector<Value> values;
    while (!(last < at)) {
        if (values.size() == kMaxChoices)
            return reader.wrong(table, fmt::format("more than {} values to draw from", kMaxChoices));
        values.emplace_back(at);
        const auto next = add(at, step);
        if (!next) break;
        at = *next;
    }
    return values;
}

Result<std::vector<Value>> choices(const TomlReader& reader, const TomlNode& table) {
    if (table.find("choose") == nullptr) {
        TRY(reader.only_keys(table, {"from", "to", "step", "original"}));
        return range(reader, table);
    }
    TRY(reader.only_keys(table, {"choose", "original"}));
    const auto& node = *table.find("choose");
    const auto* list = std::get_if<TomlNode::List>(&node.value);
    if (list == nullptr || list->empty() || list->size() > kMaxChoices)
        return reader.wrong(node, "'choose' must be a list of texts or numbers");
    std::vector<Value> values;
    for (const auto& each : *list) {
        auto value = plain_value(each);
        if (!value) return reader.wrong(each, "'choose' must be a list of texts or numbers");
        if (!values.empty() && value->index() != values.front().index())
            return reader.wrong(each, "'choose' mixes texts and numbers");
        values.push_back(*std::move(value));
    }
    return values;
}

// Values of names, with derived ones worked out when they are asked for.
class Lazy {
public:
    Lazy(Values values, const std::vector<std::pair<std::string, Expression>>& derived)
        : values_(std::move(values)), derived_(derived) {}

    Result<Value> value(const std::string& name) {
        if (const auto known = values_.find(name); known != values_.end()) return known->second;
        const auto found = std::ranges::find(derived_, name, &std::pair<std::string, Expression>::first);
        if (found == derived_.end())
            return Error(Code::kInvalidInput, fmt::format("nothing is named '{}'", name));
        if (!under_way_.insert(name).second)
            return Error(Code::kInvalidInput, fmt::format("'{}' is derived from itself", name));
        auto result = TRY(evaluate(found->second).context(fmt::format("derived '{}'", name)));
        under_way_.erase(name);
        values_.emplace(name, result);
        return result;
    }

    Result<Value> evaluate(const Expression& expression) {
        return expression.evaluate([this](const std::string& name) { return value(name); });
    }

    [[nodiscard]] const Values& values() const { return values_; }

private:
    Values values_;
    const std::vector<std::pair<std::string, Expression>>& derived_;
    std::set<std::string> under_way_;
};

}  // namespace

Result<SlotText> SlotText::parse(std::string_view text) {
    SlotText result;
    std::string plain;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto two = text.substr(at, 2);
        if (two == "{{" || two == "}}") {
            plain += text[at];
            at += 2;
        } else if (text[at] == '}') {
            return Error(Code::kInvalidInput, fmt::format("character {}: '}}' without '{{'", at + 1));
        } else if (text[at] == '{') {
            const auto end = text.find('}', at);
            if (end == std::string_view::npos)
                return Error(Code::kInvalidInput, fmt::format("character {}: '{{' without '}}'", at + 1));
            const auto inside = text.substr(at + 1, end - at - 1);
            auto slot = TRY(Expression::parse(inside).context(fmt::format("in {{{}}}", printable(inside))));
            result.pieces_.emplace_back(std::move(plain));
            plain.clear();
            result.pieces_.emplace_back(std::move(slot));
            at = end + 1;
        } else {
            plain += text[at++];
        }
    }
    result.pieces_.emplace_back(std::move(plain));
    return result;
}

Result<std::string> SlotText::fill(const Values& values) const {
    std::string filled;
    const auto lookup = [&values](const std::string& name) -> Result<Value> {
        const auto found = values.find(name);
        if (found == values.end())
            return Error(Code::kInvalidInput, fmt::format("nothing is named '{}'", name));
        return found->second;
    };
    for (const auto& piece : pieces_) {
        if (const auto* plain = std::get_if<std::string>(&piece)) {
            filled += *plain;
        } else {
            filled += value_text(TRY(std::get<Expression>(piece).evaluate(lookup)));
        }
    }
    return filled;
}

std::set<std::string> SlotText::names() const {
    std::set<std::string> all;
    for (const auto& piece : pieces_)
        if (const auto* slot = std::get_if<Expression>(&piece))
            all.insert(slot->names().begin(), slot->names().end());
    return all;
}

bool Story::knows(const std::string& name) const {
    return std::ranges::find(variables_, name, &Variable::name) != variables_.end() ||
           std::ranges::find(derived_, name, &std::pair<std::string, Expression>::first) != derived_.end() ||
           (!domains_.empty() && domains_.front().words.contains(name));
}

Status Story::check_names(const TomlReader& reader, const TomlNode& place,
                          const std::set<std::string>& names) const {
    for (const auto& name : names)
        if (!knows(name)) return reader.wrong(place, fmt::format("nothing is named '{}'", printable(name)));
    return {};
}

Status Story::read_variables(const TomlReader& reader, const TomlNode& root) {
    const auto entries = TRY(reader.entries(root, "variables"));
    for (const auto& [name, node] : entries) {
        if (!is_name(name)) return reader.wrong(node, fmt::format("'{}' is no name", printable(name)));
        Variable variable{.name = name, .choices = TRY(choices(reader, node)), .original = {}};
        variable.original = variable.choices.front();
        if (const auto* original = node.find("original"); original != nullptr) {
            const auto value = plain_value(*original);
            if (!value || value->index() != variable.original.index())
                return reader.wrong(*original, "'original' is of another kind than what is drawn");
            variable.original = *value;
        }
        variables_.push_back(std::move(variable));
    }
    return {};
}

Status Story::read_domains(const TomlReader& reader, const TomlNode& root) {
    const auto entries = TRY(reader.entries(root, "domains"));
    for (const auto& [name, node] : entries) {
        Domain domain{name, {}};
        const auto words =
            TRY(reader.entries(root.find("domains") == nullptr ? root : *root.find("domains"), name));
        for (const auto& [word, text] : words) {
            const auto value = plain_value(text);
            const bool taken = std::ranges::find(variables_, word, &Variable::name) != variables_.end();
            if (!is_name(word) || taken || !value || !std::holds_alternative<std::string>(*value))
                return reader.wrong(text,
                                    fmt::format("'{}' must be a new name with a text", printable(word)));
            domain.words.emplace(word, *value);
        }
        domains_.push_back(std::move(domain));
        const auto same = [&](const Values& a, const Values& b) {
            return std::ranges::equal(a, b, {}, &Values::value_type::first, &Values::value_type::first);
        };
        if (!same(domains_.front().words, domains_.back().words))
            return reader.wrong(node, fmt::format("domain '{}' does not have the same words as '{}'",
                                                  printable(name), printable(domains_.front().name)));
    }
    const auto first = TRY(reader.optional_text(root, "domain"));
    if (first.empty()) return {};
    const auto found = std::ranges::find(domains_, first, &Domain::name);
    if (found == domains_.end())
        return reader.wrong(*root.find("domain"), fmt::format("there is no domain '{}'", printable(first)));
    std::rotate(domains_.begin(), found, found + 1);
    return {};
}

Status Story::read_derived(const TomlReader& reader, const TomlNode& root) {
    const auto entries = TRY(reader.entries(root, "derived"));
    const auto* table = root.find("derived");
    for (const auto& [name, node] : entries) {
        if (!is_name(name) || knows(name))
            return reader.wrong(node, fmt::format("'{}' is no name, or one that is taken", printable(name)));
        const auto text = TRY(reader.text(*table, name));
        auto expression = Expression::parse(text);
        if (!expression) return reader.wrong(node, expression.error().message());
        derived_.emplace_back(name, *std::move(expression));
    }
    for (const auto& [name, expression] : derived_)
        TRY(check_names(reader, *table->find(name), expression.names()));
    return {};
}

Status Story::read_conditions(const TomlReader& reader, const TomlNode& root) {
    const auto texts = TRY(reader.texts(root, "conditions"));
    for (const auto& text : texts) {
        auto condition = Expression::parse(text);
        if (!condition)
            return reader.wrong(*root.find("conditions"),
                                fmt::format("'{}': {}", printable(text), condition.error().message()));
        TRY(check_names(reader, *root.find("conditions"), condition->names()));
        conditions_.push_back(*std::move(condition));
    }
    return {};
}

Result<Story> Story::read(const TomlReader& reader, const TomlNode& root) {
    Story story;
    TRY(story.read_variables(reader, root));
    TRY(story.read_domains(reader, root));
    TRY(story.read_derived(reader, root));
    TRY(story.read_conditions(reader, root));
    const auto original = story.original();
    if (!original)
        return reader.wrong(root, fmt::format("with the original values: {}", original.error().message()));
    return story;
}

Result<SlotText> Story::slot_text(const TomlReader& reader, const TomlNode& table,
                                  std::string_view key) const {
    const auto text = TRY(reader.text(table, key));
    auto result = SlotText::parse(text);
    if (!result) return reader.wrong(*table.find(key), result.error().message());
    TRY(check_names(reader, *table.find(key), result->names()));
    return *std::move(result);
}

Result<std::vector<SlotText>> Story::slot_texts(const TomlReader& reader, const TomlNode& table,
                                                std::string_view key) const {
    const auto texts = TRY(reader.texts(table, key));
    std::vector<SlotText> results;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto& place = std::get<TomlNode::List>(table.find(key)->value)[i];
        auto result = SlotText::parse(texts[i]);
        if (!result) return reader.wrong(place, result.error().message());
        TRY(check_names(reader, place, result->names()));
        results.push_back(*std::move(result));
    }
    return results;
}

Result<Expression> Story::formula(const TomlReader& reader, const TomlNode& table,
                                  std::string_view key) const {
    const auto text = TRY(reader.text(table, key));
    auto result = Expression::parse(text);
    if (!result) return reader.wrong(*table.find(key), result.error().message());
    TRY(check_names(reader, *table.find(key), result->names()));
    return *std::move(result);
}

Result<std::optional<Values>> Story::complete(Values values) const {
    Lazy lazy(std::move(values), derived_);
    for (const auto& condition : conditions_) {
        const auto held = TRY(lazy.evaluate(condition).context("a condition"));
        const auto* truth = std::get_if<bool>(&held);
        if (truth == nullptr) return Error(Code::kInvalidInput, "a condition is neither true nor false");
        if (!*truth) return std::optional<Values>();
    }
    for (const auto& [name, expression] : derived_)
        TRY(lazy.value(name));
    return std::optional<Values>(lazy.values());
}

Result<Values> Story::original() const {
    Values values;
    for (const auto& variable : variables_)
        values.emplace(variable.name, variable.original);
    if (!domains_.empty()) values.insert(domains_.front().words.begin(), domains_.front().words.end());
    auto all = TRY(complete(std::move(values)));
    if (!all) return Error(Code::kInvalidInput, "the conditions are not met");
    return *std::move(all);
}

Result<Values> Story::redrawn(std::uint64_t seed) const {
    for (int draw = 0; draw < kMaxDraws; ++draw) {
        Values values;
        for (const auto& variable : variables_) {
            Random random(seed, fmt::format("{} {}", variable.name, draw));
            values.emplace(variable.name, variable.choices[random.below(variable.choices.size())]);
        }
        if (!domains_.empty()) values.insert(domains_.front().words.begin(), domains_.front().words.end());
        auto all = TRY(complete(std::move(values)));
        if (all) return *std::move(all);
    }
    return Error(Code::kExhausted, fmt::format("the conditions were met by none of {} draws", kMaxDraws));
}

Result<Values> Story::swapped(std::uint64_t seed) const {
    if (!has_other_domains()) return Error(Code::kUnsupported, "there is no other domain to swap to");
    Values values;
    for (const auto& variable : variables_)
        values.emplace(variable.name, variable.original);
    Random random(seed, "domain");
    const auto& words = domains_[1 + random.below(domains_.size() - 1)].words;
    values.insert(words.begin(), words.end());
    auto all = TRY(complete(std::move(values)));
    if (!all) return Error(Code::kInvalidInput, "the conditions are not met in another domain");
    return *std::move(all);
}

}  // namespace hearth::eval::detail
