#include "resources/prompt_template.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/text.h"
#include "resources/front_matter.h"

namespace hearth::resources {
namespace {

constexpr std::size_t kMostDescription = 60;  // bytes of a first line that stands in for one
constexpr std::string_view kAll = "ARGUMENTS";

bool is_digit(char each) { return each >= '0' && each <= '9'; }

// `count` of them from number `first` on, which counts from 1.
std::string joined(const std::vector<std::string>& arguments, std::int64_t first = 1,
                   std::optional<std::int64_t> count = std::nullopt) {
    const auto size = static_cast<std::int64_t>(arguments.size());
    const auto begin = std::clamp<std::int64_t>(first - 1, 0, size);
    const auto end = begin + std::min(count.value_or(size), size - begin);
    return join({arguments.begin() + begin, arguments.begin() + end}, " ");
}

std::string numbered(const std::vector<std::string>& arguments, std::string_view digits) {
    const auto number = parse_number(digits);
    if (!number || *number < 1 || *number > static_cast<std::int64_t>(arguments.size())) return {};
    return arguments[static_cast<std::size_t>(*number - 1)];
}

// What stands for the inside of ${…}; nothing where that is no place for arguments.
std::optional<std::string> braced(std::string_view inside, const std::vector<std::string>& arguments) {
    const auto colon = inside.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto what = inside.substr(0, colon);
    const auto rest = inside.substr(colon + 1);
    const bool all = what == "@";
    const bool number = !what.empty() && std::all_of(what.begin(), what.end(), is_digit);
    if (!all && !number) return std::nullopt;
    if (rest.starts_with('-')) {
        auto given = all ? joined(arguments) : numbered(arguments, what);
        return given.empty() ? std::string(rest.substr(1)) : given;
    }
    if (!all) return std::nullopt;
    const auto second = rest.find(':');
    const auto first = parse_number(rest.substr(0, second));
    if (!first) return std::nullopt;
    if (second == std::string_view::npos) return joined(arguments, *first);
    const auto count = parse_number(rest.substr(second + 1));
    return count ? std::optional(joined(arguments, *first, *count)) : std::nullopt;
}

// A place at the beginning of `text`, which begins with '$': what stands for it and how long it is.
struct Place {
    std::string text;
    std::size_t length = 0;
};

std::optional<Place> place_at(std::string_view text, const std::vector<std::string>& arguments) {
    const auto rest = text.substr(1);
    if (rest.starts_with('@')) return Place{joined(arguments), 2};
    if (rest.starts_with(kAll)) return Place{joined(arguments), 1 + kAll.size()};
    if (rest.starts_with('{')) {
        const auto end = rest.find('}');
        if (end == std::string_view::npos) return std::nullopt;
        auto filled = braced(rest.substr(1, end - 1), arguments);
        if (!filled) return std::nullopt;
        return Place{*std::move(filled), end + 2};
    }
    const auto digits = std::find_if_not(rest.begin(), rest.end(), is_digit) - rest.begin();
    if (digits == 0) return std::nullopt;
    const auto length = static_cast<std::size_t>(digits);
    return Place{numbered(arguments, rest.substr(0, length)), length + 1};
}

}  // namespace

Result<PromptTemplate> parse_prompt_template(std::string_view text, std::string_view name) {
    auto file = TRY(parse_front_matter(text));
    PromptTemplate out{.name = std::string(name)};
    out.body = std::string(trim(file.body));
    if (out.body.empty()) return Error(Code::kInvalidInput, "it has no text");
    out.argument_hint = std::string(file.find("argument-hint").value_or(""));
    out.description = std::string(file.find("description").value_or(""));
    if (out.description.empty()) {
        const auto line = trim(std::string_view(out.body).substr(0, out.body.find('\n')));
        out.description = shortened(line, kMostDescription);
    }
    return out;
}

std::vector<std::string> split_arguments(std::string_view text) {
    std::vector<std::string> out;
    std::string word;
    bool begun = false;
    char quote = 0;
    for (const char each : text) {
        if (quote != 0) {
            if (each == quote) {
                quote = 0;
            } else {
                word += each;
            }
        } else if (each == '"' || each == '\'') {
            quote = each;
            begun = true;
        } else if (each == ' ' || each == '\t' || each == '\n' || each == '\r') {
            if (begun) out.push_back(std::exchange(word, {}));
            begun = false;
        } else {
            word += each;
            begun = true;
        }
    }
    if (begun) out.push_back(std::move(word));
    return out;
}

std::string fill_template(std::string_view text, const std::vector<std::string>& arguments) {
    std::string out;
    while (!text.empty()) {
        const auto at = text.find('$');
        out += text.substr(0, at);
        if (at == std::string_view::npos) break;
        text.remove_prefix(at);
        auto place = place_at(text, arguments);
        if (!place) place = Place{"$", 1};
        out += place->text;
        text.remove_prefix(place->length);
    }
    return out;
}

}  // namespace hearth::resources
