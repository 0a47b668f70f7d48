#include "policy/detail/condition_parser.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "core/text.h"
#include "policy/detail/attributes.h"

namespace hearth::policy::detail {
namespace {

using Kind = Node::Kind;

constexpr int kMostDepth = 32;
constexpr std::size_t kMostNodes = 500;  // of a condition
constexpr std::size_t kMostTexts = 1000;

struct OperatorRow {
    std::string_view symbol;
    Kind kind;
};

constexpr std::array kComparisons = {
    OperatorRow{"==", Kind::kEqual},       OperatorRow{"!=", Kind::kUnequal},
    OperatorRow{"<", Kind::kLess},         OperatorRow{">", Kind::kMore},
    OperatorRow{"<=", Kind::kLessOrEqual}, OperatorRow{">=", Kind::kMoreOrEqual}};
constexpr std::array kMethods = {
    OperatorRow{"contains", Kind::kContains}, OperatorRow{"containsAll", Kind::kContainsAll},
    OperatorRow{"containsAny", Kind::kContainsAny}, OperatorRow{"isEmpty", Kind::kIsEmpty}};

template <typename Rows>
std::string_view symbol_of(const Rows& rows, Kind kind) {
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const OperatorRow& each) { return each.kind == kind; });
    return row == rows.end() ? std::string_view() : row->symbol;
}

class ConditionParser {
public:
    ConditionParser(TokenReader& in, const std::vector<std::string>& actions) : in_(in), actions_(actions) {}

    Result<std::vector<Node>> all() {
        const auto place = in_.peek();
        const auto whole = TRY(either(0));
        TRY(must_be(whole, Type::kTruth, place));
        return std::move(nodes_);
    }

private:
    using Place = std::size_t;  // in nodes_

    Result<Place> add(Node node) {
        if (nodes_.size() == kMostNodes)
            return in_.wrong(fmt::format("a condition has at most {} parts", kMostNodes));
        nodes_.push_back(std::move(node));
        return nodes_.size() - 1;
    }

    Status must_be(Place node, Type type, const Token& at) {
        if (nodes_[node].type == type) return {};
        return mistake(
            in_.file(), at.line, at.column,
            fmt::format("{} is wanted here, and this is {}", type_name(type), type_name(nodes_[node].type)));
    }

    // a || b, and below it a && b.
    Result<Place> either(int depth) {
        if (depth > kMostDepth)
            return in_.wrong(fmt::format("a condition is nested {} deep at most", kMostDepth));
        return chain(depth, "||", Kind::kOr, &ConditionParser::both);
    }

    Result<Place> both(int depth) { return chain(depth, "&&", Kind::kAnd, &ConditionParser::negated); }

    Result<Place> chain(int depth, std::string_view symbol, Kind kind,
                        Result<Place> (ConditionParser::*part)(int)) {
        auto place = in_.peek();
        auto left = TRY((this->*part)(depth));
        while (in_.peek().is(symbol)) {
            TRY(must_be(left, Type::kTruth, place));
            in_.next();
            place = in_.peek();
            const auto right = TRY((this->*part)(depth));
            TRY(must_be(right, Type::kTruth, place));
            left = TRY(add({.kind = kind, .left = left, .right = right}));
        }
        return left;
    }

    Result<Place> negated(int depth) {
        if (!in_.peek().is("!")) return relation(depth);
        in_.next();
        const auto place = in_.peek();
        if (depth > kMostDepth)
            return in_.wrong(fmt::format("a condition is nested {} deep at most", kMostDepth));
        const auto inner = TRY(negated(depth + 1));
        TRY(must_be(inner, Type::kTruth, place));
        return add({.kind = Kind::kNot, .left = inner});
    }

    Result<Place> relation(int depth) {
        const auto place = in_.peek();
        const auto left = TRY(value(depth));
        if (in_.peek().is_name("like")) {
            TRY(must_be(left, Type::kText, place));
            in_.next();
            if (in_.peek().kind != Token::Kind::kText)
                return in_.wrong("behind 'like' stands a pattern between quotes, such as \"make *\"");
            return add({.kind = Kind::kLike, .text = in_.next().text, .left = left});
        }
        const auto row = std::find_if(kComparisons.begin(), kComparisons.end(),
                                      [&](const OperatorRow& each) { return in_.peek().is(each.symbol); });
        if (row == kComparisons.end()) return left;
        const bool equality = row->kind == Kind::kEqual || row->kind == Kind::kUnequal;
        if (equality && nodes_[left].type == Type::kTexts)
            return in_.wrong("lists are compared with contains, containsAll, containsAny and isEmpty");
        if (!equality) TRY(must_be(left, Type::kNumber, place));
        in_.next();
        const auto at = in_.peek();
        const auto right = TRY(value(depth));
        TRY(must_be(right, nodes_[left].type, at));
        TRY(check_mode(left, right, at));
        return add({.kind = row->kind, .left = left, .right = right});
    }

    // A mode that there is not would make a rule that never fits.
    Status check_mode(Place left, Place right, const Token& at) {
        const auto is_mode = [&](Place place) {
            return nodes_[place].kind == Kind::kAttribute && nodes_[place].attribute == Attribute::kMode;
        };
        const auto wrong = [&](Place place) {
            const auto& node = nodes_[place];
            return node.kind == Kind::kLiteral && node.text != "interactive" && node.text != "headless";
        };
        if ((is_mode(left) && wrong(right)) || (is_mode(right) && wrong(left)))
            return mistake(in_.file(), at.line, at.column, R"(context.mode is "interactive" or "headless")");
        return {};
    }

    Result<Place> value(int depth) {
        auto out = TRY(plain_value(depth));
        while (in_.take("."))
            out = TRY(method(out, depth));
        return out;
    }

    Result<Place> plain_value(int depth) {
        const auto& token = in_.peek();
        if (token.kind == Token::Kind::kText)
            return add({.kind = Kind::kLiteral, .type = Type::kText, .text = TRY(in_.text("a text"))});
        if (token.kind == Token::Kind::kNumber)
            return add({.kind = Kind::kLiteral, .type = Type::kNumber, .number = in_.next().number});
        if (token.is_name("true") || token.is_name("false"))
            return add({.kind = Kind::kLiteral, .number = in_.next().is_name("true") ? 1 : 0});
        if (token.is("[")) return list();
        if (token.is("(")) {
            in_.next();
            const auto inner = TRY(either(depth + 1));
            TRY(in_.expect(")", "behind what is in parentheses"));
            return inner;
        }
        return attribute();
    }

    Result<Place> list() {
        in_.next();
        Node node{.kind = Kind::kLiteral, .type = Type::kTexts};
        while (!in_.peek().is("]")) {
            if (node.texts.size() == kMostTexts)
                return in_.wrong(fmt::format("a list has at most {} texts", kMostTexts));
            node.texts.push_back(TRY(in_.text("a text between quotes, of a list,")));
            if (!in_.take(",")) break;
        }
        TRY(in_.expect("]", "behind a list"));
        return add(std::move(node));
    }

    Result<Place> attribute() {
        const auto place = in_.peek();
        if (place.kind != Token::Kind::kName)
            return in_.wrong(fmt::format("a value is missing; here stands {}", in_.shown()));
        auto name = in_.next().text;
        if (in_.take(".")) {
            if (in_.peek().kind != Token::Kind::kName)
                return in_.wrong(
                    fmt::format("the name of an attribute is missing; here stands {}", in_.shown()));
            name += "." + in_.next().text;
        }
        const auto rows = attributes();
        const auto row =
            std::find_if(rows.begin(), rows.end(), [&](auto& each) { return each.name == name; });
        if (row == rows.end()) {
            std::vector<std::string> names;
            for (const auto& each : rows)
                names.emplace_back(each.name);
            return mistake(in_.file(), place.line, place.column,
                           fmt::format("there is no attribute '{}': there are {}",
                                       printable(utf8_front(name, 80)), join(names, ", ")));
        }
        TRY(check_actions(*row, place));
        return add({.kind = Kind::kAttribute, .type = row->type, .attribute = row->attribute});
    }

    // What an action does not have could only be guessed at.
    Status check_actions(const AttributeRow& row, const Token& at) {
        if (row.actions.empty()) return {};
        const bool fits =
            !actions_.empty() && std::all_of(actions_.begin(), actions_.end(), [&](auto& action) {
                return std::find(row.actions.begin(), row.actions.end(), action) != row.actions.end();
            });
        if (fits) return {};
        const std::vector<std::string> names(row.actions.begin(), row.actions.end());
        return mistake(
            in_.file(), at.line, at.column,
            fmt::format("{} is known of {} alone: have the rule name no other action, as in action == "
                        "Action::\"{}\"",
                        row.name, join(names, " and "), names.front()));
    }

    Result<Place> method(Place list, int depth) {
        const auto place = in_.peek();
        const auto row = std::find_if(kMethods.begin(), kMethods.end(),
                                      [&](const OperatorRow& each) { return place.is_name(each.symbol); });
        if (row == kMethods.end())
            return in_.wrong(fmt::format(
                "behind the '.' stands contains, containsAll, containsAny or isEmpty, not {}", in_.shown()));
        TRY(must_be(list, Type::kTexts, place));
        in_.next();
        TRY(in_.expect("(", "behind the name of a method"));
        Node node{.kind = row->kind, .left = list};
        if (row->kind != Kind::kIsEmpty) {
            const auto at = in_.peek();
            if (depth > kMostDepth)
                return in_.wrong(fmt::format("a condition is nested {} deep at most", kMostDepth));
            node.right = TRY(value(depth + 1));
            TRY(must_be(node.right, row->kind == Kind::kContains ? Type::kText : Type::kTexts, at));
        }
        TRY(in_.expect(")", "behind the argument of a method"));
        return add(std::move(node));
    }

    TokenReader& in_;
    const std::vector<std::string>& actions_;
    std::vector<Node> nodes_;
};

std::string literal_text(const Node& node) {
    switch (node.type) {
        case Type::kTruth: return node.number != 0 ? "true" : "false";
        case Type::kNumber: return std::to_string(node.number);
        case Type::kText: return quoted_text(node.text);
        case Type::kTexts: break;
    }
    std::vector<std::string> texts;
    for (const auto& each : node.texts)
        texts.push_back(quoted_text(each));
    return "[" + join(texts, ", ") + "]";
}

// How tightly a part holds together, as the grammar has it.
enum Level : std::uint8_t { kOfOr, kOfAnd, kOfNot, kOfRelation, kOfValue };

struct Written {
    std::string text;
    Level level = kOfValue;

    // Where a part of that level is wanted.
    [[nodiscard]] std::string as(Level wanted) const { return level >= wanted ? text : "(" + text + ")"; }
};

// `before`: the operands, by their places.
Written written(const Node& node, const std::vector<Written>& before) {
    const auto left = [&](Level level) { return before[node.left].as(level); };
    const auto right = [&](Level level) { return before[node.right].as(level); };
    switch (node.kind) {
        case Kind::kLiteral: return {literal_text(node)};
        case Kind::kAttribute: return {std::string(row_of(node.attribute).name)};
        case Kind::kNot: return {"!" + left(kOfNot), kOfNot};
        case Kind::kAnd: return {left(kOfAnd) + " && " + right(kOfNot), kOfAnd};
        case Kind::kOr: return {left(kOfOr) + " || " + right(kOfAnd), kOfOr};
        case Kind::kLike: return {left(kOfValue) + " like " + quoted_text(node.text), kOfRelation};
        case Kind::kIsEmpty: return {left(kOfValue) + ".isEmpty()"};
        default: break;
    }
    if (const auto method = symbol_of(kMethods, node.kind); !method.empty())
        return {fmt::format("{}.{}({})", left(kOfValue), method, right(kOfValue))};
    return {fmt::format("{} {} {}", left(kOfValue), symbol_of(kComparisons, node.kind), right(kOfValue)),
            kOfRelation};
}

}  // namespace

Result<std::vector<Node>> read_condition(TokenReader& in, const std::vector<std::string>& actions) {
    return ConditionParser(in, actions).all();
}

std::string condition_text(const Condition& condition) {
    std::vector<Written> parts;
    for (const auto& node : condition.nodes)
        parts.push_back(written(node, parts));
    return parts.back().text;
}

}  // namespace hearth::policy::detail
