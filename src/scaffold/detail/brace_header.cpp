#include "scaffold/detail/brace_header.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <optional>

#include "core/text.h"

namespace hearth::scaffold::detail {
namespace {

using Kind = Opening::Kind;

constexpr std::size_t kMaxHeader = 4000;  // longer ones are no header; bounds the searches below
constexpr char kInner = '\1';             // stands for what is inside brackets

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Statements that take a '{'; a function of such a name does not exist.
bool is_control(std::string_view word) {
    return is_one_of(word, {"if", "for", "while", "switch", "catch", "else", "do", "try", "return", "foreach",
                            "synchronized", "function", "func", "fn", "lambda", "new", "throw", "case"});
}

bool is_modifier(std::string_view word) {
    return is_one_of(
        word, {"export",   "default", "public",  "private",   "protected", "internal", "static", "final",
               "abstract", "sealed",  "partial", "inline",    "typedef",   "pub",      "unsafe", "data",
               "open",     "declare", "friend",  "constexpr", "const",     "readonly"});
}

// Index of the bracket that closes the one at `open`; npos when it stays open.
std::size_t closing(std::string_view text, std::size_t open) {
    const char opener = text[open];
    const char closer = opener == '(' ? ')' : opener == '[' ? ']' : opener == '{' ? '}' : '>';
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == opener) {
            ++depth;
        } else if (text[i] == closer) {
            const bool arrow = closer == '>' && i > 0 && (text[i - 1] == '-' || text[i - 1] == '=');
            if (!arrow && --depth == 0) return i;
        }
    }
    return std::string_view::npos;
}

// "operator<" and "operator->": the sign is no bracket.
bool is_operator_sign(std::string_view text, std::size_t at) {
    auto before = text.substr(0, at);
    while (!before.empty() && std::string_view("<>=-*& ").find(before.back()) != std::string_view::npos)
        before.remove_suffix(1);
    return before.ends_with("operator") && at - before.size() <= 3;
}

// The header of the same length in which all that is inside (), [], {} and <> is blotted out.
std::string flattened(std::string_view text) {
    std::string flat(text);
    for (std::size_t i = 0; i < flat.size(); ++i) {
        const char c = flat[i];
        const bool angle = c == '<' && i > 0 && !is_operator_sign(text, i);
        if (c != '(' && c != '[' && c != '{' && !angle) continue;
        const auto end = closing(text, i);
        if (end == std::string_view::npos) continue;
        std::fill(flat.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  flat.begin() + static_cast<std::ptrdiff_t>(end), kInner);
        i = end;
    }
    return flat;
}

// A lone '=' outside brackets.
std::size_t find_assignment(const std::string& flat) {
    for (std::size_t i = 0; i < flat.size(); ++i) {
        if (flat[i] != '=') continue;
        const char next = i + 1 < flat.size() ? flat[i + 1] : ' ';
        const char before = i > 0 ? flat[i - 1] : ' ';
        if (next == '=' || next == '>' || std::string_view("=<>!").find(before) != std::string_view::npos)
            continue;
        return i;
    }
    return std::string::npos;
}

std::string_view after_bracket(std::string_view text, std::size_t open) {
    const auto end = closing(text, open);
    return end == std::string_view::npos ? std::string_view() : trim(text.substr(end + 1));
}

// Without "@Test(...)", "[[nodiscard]]", "[Fact]", "#[derive(...)]", "__attribute__((...))", "alignas(...)" and
// "template <...>" at the front.
std::string_view without_attributes(std::string_view text) {
    while (true) {
        text = trim(text);
        const auto word = leading_word(text);
        if (text.starts_with("@") && !text.starts_with("@interface")) {
            text.remove_prefix(1);
            while (!text.empty() && (is_word(text.front()) || text.front() == '.'))
                text.remove_prefix(1);
            text = trim(text);
            if (text.starts_with("(")) text = after_bracket(text, 0);
        } else if (text.starts_with("[")) {
            text = after_bracket(text, 0);
        } else if (text.starts_with("#[")) {
            text = after_bracket(text, 1);
        } else if (word == "template") {
            text = trim(text.substr(word.size()));
            if (!text.starts_with("<")) return text;
            text = after_bracket(text, 0);
        } else if (is_one_of(word, {"__attribute__", "__declspec", "alignas"})) {
            text = trim(text.substr(word.size()));
            if (!text.starts_with("(")) return text;
            text = after_bracket(text, 0);
        } else {
            return text;
        }
    }
}

std::string_view without_modifiers(std::string_view text) {
    while (true) {
        const auto word = leading_word(text);
        if (word.empty() || !is_modifier(word)) return text;
        const bool visibility = word == "pub";
        text = trim(text.substr(word.size()));
        if (visibility && text.starts_with("(")) text = after_bracket(text, 0);
    }
}

// An identifier with its "A::" or "a." in front.
std::string_view leading_name(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() &&
           (is_word(text[end]) || text[end] == '$' || text.substr(end).starts_with("::") ||
            (end > 0 && text.substr(end - 1).starts_with("::")) || text[end] == '.'))
        ++end;
    return text.substr(0, end);
}

// "class EXPORT_MACRO Name": the macro is not the name.
std::string type_name(std::string_view text) {
    const auto first = leading_name(text);
    const auto rest = trim(text.substr(first.size()));
    const auto second = leading_name(rest);
    const bool capitals = first.size() > 1 && std::none_of(first.begin(), first.end(), [](char c) {
                              return std::islower(static_cast<unsigned char>(c)) != 0;
                          });
    const bool part_of_rule = is_one_of(
        second, {"final", "extends", "implements", "where", "for", "with", "permits", "sealed", "throws"});
    return std::string(capitals && !second.empty() && !part_of_rule ? second : first);
}

std::string impl_name(std::string_view text) {
    if (text.starts_with("<")) text = after_bracket(text, 0);
    const auto flat = flattened(text);
    const auto by_for = flat.find(" for ");
    return std::string(leading_name(trim(by_for == std::string::npos ? text : text.substr(by_for + 5))));
}

std::optional<Opening> as_scope(std::string_view header) {
    if (header == "extern \"\"") return Opening{Kind::kScope, {}};
    const auto word = leading_word(header);
    if (word == "namespace") return Opening{Kind::kScope, {}};
    const bool rust_module = word == "mod" && header.find('(') == std::string_view::npos;
    return rust_module ? std::optional(Opening{Kind::kScope, {}}) : std::nullopt;
}

// The header of a type, or nothing: "struct Point make(int x)" is a function.
std::optional<Opening> as_type(std::string_view header) {
    const auto word = leading_word(header);
    auto rest = trim(header.substr(word.size()));
    if (word == "impl") return Opening{Kind::kClass, impl_name(rest)};
    if (word == "type") {  // Go
        const auto name = leading_word(rest);
        const auto flat = flattened(rest);
        const auto kind = trim(std::string_view(flat).substr(std::min(name.size(), flat.size())));
        if (name.empty() || (kind.find("struct") == std::string_view::npos && !kind.ends_with("interface")))
            return std::nullopt;
        return Opening{Kind::kClass, std::string(name)};
    }
    if (!is_one_of(word, {"class", "struct", "union", "enum", "interface", "trait", "protocol", "extension",
                          "record"}))
        return std::nullopt;
    if (word == "enum" && is_one_of(leading_word(rest), {"class", "struct"}))
        rest = trim(rest.substr(leading_word(rest).size()));
    rest = without_attributes(rest);
    const auto flat = flattened(rest);
    if (find_assignment(flat) != std::string::npos) return std::nullopt;  // "struct option options[] ="
    const auto paren = flat.find('(');
    if (paren != std::string::npos) {
        auto before = trim(std::string_view(flat).substr(0, paren));
        const auto name = leading_name(before);
        before = trim(before.substr(name.size()));
        const bool one_word =
            before.empty() || before.starts_with("<") || before.find(':') != std::string_view::npos;
        if (name.empty() || !one_word) return std::nullopt;
    }
    return Opening{Kind::kClass, type_name(rest)};
}

std::string_view before_bracket(std::string_view text, char opener, char closer) {
    int depth = 0;
    for (std::size_t i = text.size(); i-- > 0;) {
        if (text[i] == closer) ++depth;
        if (text[i] == opener && --depth == 0) return text.substr(0, i);
    }
    return {};
}

// The identifier at the end of the text, with the classes around it and "~", without template arguments.
std::string trailing_name(std::string_view text) {
    text = trim(text);
    if (text.ends_with('>')) text = before_bracket(text, '<', '>');
    if (text.ends_with(']')) text = before_bracket(text, '[', ']');
    std::string name;
    while (!text.empty()) {
        const char c = text.back();
        if (is_word(c) || c == ':' || c == '~' || c == '$') {
            name += c;
            text.remove_suffix(1);
        } else if (c == '>' && name.ends_with("::")) {
            text = before_bracket(text, '<', '>');
        } else {
            break;
        }
    }
    std::reverse(name.begin(), name.end());
    return name.substr(std::min(name.find_first_not_of(':'), name.size()));
}

// "operator==", "Ring::operator()", "operator bool".
std::optional<Opening> as_operator(std::string_view header, const std::string& flat) {
    std::size_t at = flat.find("operator");
    while (at != std::string::npos &&
           ((at > 0 && is_word(flat[at - 1])) || (at + 8 < flat.size() && is_word(flat[at + 8]))))
        at = flat.find("operator", at + 1);
    if (at == std::string::npos) return std::nullopt;
    auto paren = flat.find('(', at);
    if (paren != std::string::npos && trim(std::string_view(flat).substr(at + 8, paren - at - 8)).empty())
        paren = flat.find('(', paren + 1);
    if (paren == std::string::npos) return std::nullopt;
    const auto sign = trim(header.substr(at + 8, paren - at - 8));
    std::string name = trailing_name(header.substr(0, at));
    if (!name.ends_with("::")) name.clear();  // the return type
    name += "operator";
    if (!sign.empty() && is_word(sign.front())) name += ' ';
    for (const char c : sign) {
        if (c != ' ' || is_word(sign.front())) name += c;
    }
    return Opening{Kind::kFunction, std::move(name)};
}

// "const f = (x) =>" and "var f = func(x int)"; every other '=' belongs to an initialiser or a C++ lambda.
Opening as_assignment(std::string_view header, std::size_t equals) {
    auto right = trim(header.substr(equals + 1));
    if (right.starts_with("async ")) right = trim(right.substr(6));
    const bool function = header.ends_with("=>") || is_one_of(leading_word(right), {"function", "func"});
    auto left = without_modifiers(trim(header.substr(0, equals)));
    if (is_one_of(leading_word(left), {"let", "var"})) left = trim(left.substr(3));
    const auto name = leading_word(left);
    if (!function || name.empty()) return {};
    return {Kind::kFunction, std::string(name)};
}

Opening as_function(std::string_view header) {
    const auto flat = flattened(header);
    if (auto found = as_operator(header, flat)) return *std::move(found);
    auto paren = flat.find('(');
    const auto equals = find_assignment(flat);
    if (equals != std::string::npos && (paren == std::string::npos || equals < paren))
        return as_assignment(header, equals);
    if (paren == std::string::npos || header.ends_with("=>")) return {};
    if (header.starts_with("func ("))
        paren = flat.find('(', paren + 1);  // a Go method: the receiver comes first
    while (paren != std::string::npos) {
        auto name = trailing_name(header.substr(0, paren));
        const bool other = is_one_of(name, {"decltype", "alignas", "noexcept", "__attribute__", "__declspec",
                                            "explicit", "requires", "typeof", "pub"});
        if (!other) {
            if (name.empty() || name == "~" || (is_control(name) && name != "new")) return {};
            return {Kind::kFunction, std::move(name)};
        }
        paren = flat.find('(', paren + 1);
    }
    return {};
}

}  // namespace

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view leading_word(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_word(text[end]))
        ++end;
    return text.substr(0, end);
}

Opening classify_header(std::string_view raw) {
    if (raw.size() > kMaxHeader) return {};
    auto header = without_attributes(raw);
    if (header.empty() || is_control(leading_word(header))) {
        const auto word = leading_word(header);
        if (!is_one_of(word, {"function", "func", "fn"}))
            return {};  // "function add(a, b)" has its name behind
        return as_function(header);
    }
    const auto bare = without_modifiers(header);
    if (auto scope = as_scope(bare)) return *std::move(scope);
    if (auto type = as_type(bare)) return *std::move(type);
    if (header.starts_with("extern \"\"")) header = trim(header.substr(9));
    return as_function(header);
}

bool may_be_member_initialiser(std::string_view header) {
    if (header.empty() || header.size() > kMaxHeader) return false;
    const auto flat = flattened(trim(header));
    if (flat.empty() || (!is_word(flat.back()) && flat.back() != '>')) return false;
    for (auto i = flat.find(')'); i < flat.size(); ++i) {
        if (flat[i] != ':') continue;
        if (i + 1 < flat.size() && flat[i + 1] == ':') {
            ++i;
        } else {
            return true;
        }
    }
    return false;
}

}  // namespace hearth::scaffold::detail
