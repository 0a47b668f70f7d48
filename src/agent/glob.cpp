#include "agent/glob.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kMostPatterns = 64;

struct CharacterClass {
    std::string_view name;
    bool (*has)(unsigned char);
};

bool is_upper(unsigned char c) { return c >= 'A' && c <= 'Z'; }

bool is_lower(unsigned char c) { return c >= 'a' && c <= 'z'; }

bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

bool is_alpha(unsigned char c) { return is_upper(c) || is_lower(c); }

bool is_alnum(unsigned char c) { return is_alpha(c) || is_digit(c); }

bool is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_graph(unsigned char c) { return c > ' ' && c < 0x7f; }

constexpr std::array kClasses = {
    CharacterClass{"alpha", is_alpha},
    CharacterClass{"digit", is_digit},
    CharacterClass{"alnum", is_alnum},
    CharacterClass{"upper", is_upper},
    CharacterClass{"lower", is_lower},
    CharacterClass{"space", is_space},
    CharacterClass{"graph", is_graph},
    CharacterClass{"blank", [](unsigned char c) { return c == ' ' || c == '\t'; }},
    CharacterClass{"cntrl", [](unsigned char c) { return c < ' ' || c == 0x7f; }},
    CharacterClass{"print", [](unsigned char c) { return c == ' ' || is_graph(c); }},
    CharacterClass{"punct", [](unsigned char c) { return is_graph(c) && !is_alnum(c); }},
    CharacterClass{
        "xdigit",
        [](unsigned char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }},
};

// Whether one byte is what stands at the front of a pattern, and how long that is. Length 0: it can never be.
struct One {
    bool fits = false;
    std::size_t length = 0;
};

// "[:alpha:]" at the front of `text`; its length is 0 for anything else.
One of_class(std::string_view text, unsigned char byte) {
    const auto end = text.starts_with("[:") ? text.find(":]", 2) : std::string_view::npos;
    if (end == std::string_view::npos) return {};
    for (const auto& each : kClasses) {
        if (each.name == text.substr(2, end - 2)) return {each.has(byte), end + 2};
    }
    return {};
}

// A byte of a bracket, at `at`, which moves behind it; nothing at the end.
std::optional<unsigned char> byte_in_bracket(std::string_view pattern, std::size_t& at) {
    if (at < pattern.size() && pattern[at] == '\\') ++at;
    if (at >= pattern.size()) return std::nullopt;
    return static_cast<unsigned char>(pattern[at++]);
}

// A byte or a range of a bracket, at `at`, which moves behind it. Length 0 at the end.
One of_range(std::string_view pattern, std::size_t& at, unsigned char byte) {
    const auto first = byte_in_bracket(pattern, at);
    if (!first) return {};
    auto last = first;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
        ++at;
        last = byte_in_bracket(pattern, at);
        if (!last) return {};
    }
    return {byte >= *first && byte <= *last, 1};
}

One of_bracket(std::string_view pattern, unsigned char byte) {
    std::size_t at = 1;
    const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    if (negated) ++at;
    bool found = false;
    // A "]" that stands first is one of those meant.
    for (bool first = true; first || (at < pattern.size() && pattern[at] != ']'); first = false) {
        const auto named = of_class(pattern.substr(std::min(at, pattern.size())), byte);
        if (named.length > 0) {
            at += named.length;
            found = found || named.fits;
            continue;
        }
        const auto range = of_range(pattern, at, byte);
        if (range.length == 0) return {};
        found = found || range.fits;
    }
    if (at >= pattern.size()) return {};
    return {found != negated, at + 1};
}

One of_front(std::string_view pattern, char byte) {
    switch (pattern.front()) {
        case '?': return {true, 1};
        case '[': return of_bracket(pattern, static_cast<unsigned char>(byte));
        case '\\':
            if (pattern.size() < 2) return {};
            return {pattern[1] == byte, 2};
        default: break;
    }
    return {pattern.front() == byte, 1};
}

// One part of a path. Only the latest star has to be tried again, so that many of them cost no more than one.
bool part_matches(std::string_view pattern, std::string_view text) {
    std::size_t at = 0;
    std::size_t here = 0;
    std::size_t star = std::string_view::npos;
    std::size_t taken = 0;  // of the text, by the latest star
    while (at < text.size()) {
        if (here < pattern.size() && pattern[here] == '*') {
            star = ++here;
            taken = at;
            continue;
        }
        const auto one = here < pattern.size() ? of_front(pattern.substr(here), text[at]) : One{};
        if (one.fits) {
            here += one.length;
            ++at;
        } else if (star != std::string_view::npos) {
            here = star;
            at = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', here) == std::string_view::npos;
}

// The first pair of braces that stand for something.
struct Braces {
    std::size_t begin = std::string_view::npos;
    std::size_t end = std::string_view::npos;
    std::vector<std::string_view> choices;
};

Braces first_braces(std::string_view pattern) {
    Braces out;
    std::size_t depth = 0;
    std::size_t from = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '\\') {
            ++i;
        } else if (c == '{' && depth++ == 0) {
            out.begin = i;
            from = i + 1;
        } else if (depth == 1 && (c == ',' || c == '}')) {
            out.choices.push_back(pattern.substr(from, i - from));
            from = i + 1;
            if (c == '}') {
                out.end = i;
                return out;
            }
        } else if (depth > 1 && c == '}') {
            --depth;
        }
    }
    return {};
}

}  // namespace

Glob::Glob(std::string_view pattern) {
    for (const auto part : split(pattern, '/'))
        parts_.emplace_back(part);
}

bool Glob::matches(std::string_view path) const {
    const auto names = split(path, '/');
    // can[i]: the rest of the pattern matches the path from its part i on. The pattern is gone through from its end.
    std::vector<bool> can(names.size() + 1, false);
    can[names.size()] = true;
    for (std::size_t part = parts_.size(); part-- > 0;) {
        std::vector<bool> now(names.size() + 1, false);
        const bool any = parts_[part] == "**";
        const bool last = part + 1 == parts_.size();
        for (std::size_t i = names.size() + 1; i-- > 0;) {
            const bool more = i < names.size();
            if (any) {
                now[i] = last ? more : can[i] || (more && now[i + 1]);
            } else {
                now[i] = more && can[i + 1] && part_matches(parts_[part], names[i]);
            }
        }
        can = std::move(now);
    }
    return can[0];
}

std::vector<std::string> braces_expanded(std::string_view pattern) {
    std::vector<std::string> done;
    std::vector<std::string> open{std::string(pattern)};
    while (!open.empty()) {
        const auto each = std::move(open.back());
        open.pop_back();
        const auto braces = first_braces(each);
        if (braces.choices.empty()) {
            done.push_back(each);
        } else {
            // The last one first, as the back is taken next.
            for (auto choice = braces.choices.rbegin(); choice != braces.choices.rend(); ++choice)
                open.push_back(each.substr(0, braces.begin) + std::string(*choice) +
                               each.substr(braces.end + 1));
        }
        if (done.size() + open.size() > kMostPatterns) return {std::string(pattern)};
    }
    return done;
}

}  // namespace hearth::agent
