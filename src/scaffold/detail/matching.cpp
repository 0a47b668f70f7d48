#include "scaffold/detail/matching.h"

#include <algorithm>

#include "core/text.h"
#include "scaffold/detail/brace_header.h"

namespace hearth::scaffold::detail {
namespace {

std::size_t parameters(std::string_view signature) {
    int depth = 0;
    std::size_t commas = 0;
    bool any = false;
    for (auto i = signature.find('('); i < signature.size(); ++i) {
        const char c = signature[i];
        if (c == '(' || c == '<' || c == '[' || c == '{') {
            ++depth;
        } else if (c == ')' || c == '>' || c == ']' || c == '}') {
            if (--depth == 0) break;
        } else {
            any = true;
            if (c == ',' && depth == 1) ++commas;
        }
    }
    return any ? commas + 1 : 0;
}

// "Ring::" and "" agree, "Ring::" and "Queue::" do not.
bool may_be_same_class(std::string_view a, std::string_view b) {
    return a.empty() || b.empty() || a.ends_with(b) || b.ends_with(a);
}

// A bare Python function is meant for a method only when it looks like one.
bool fits_as_method(const Source& file, const Definition& old, const Source& code, const Definition& wanted) {
    if (!old.is_nested || wanted.is_nested || old.is_class) return true;
    const auto has_receiver = [](const Source& source, const Definition& definition) {
        const auto text = signature(source, definition, Syntax::kIndent);
        return text.find("(self") != std::string::npos || text.find("(cls") != std::string::npos;
    };
    return has_receiver(code, wanted) == has_receiver(file, old);
}

std::optional<std::size_t> pick_overload(const Source& file, const Source& code, std::size_t index,
                                         Syntax syntax, const std::vector<std::size_t>& same,
                                         const std::set<std::size_t>& taken) {
    const auto& wanted = code.definitions[index];
    const auto text = signature(code, wanted, syntax);
    for (const auto i : same) {
        if (signature(file, file.definitions[i], syntax) == text) return i;
    }
    // What the code's other overloads stand for exactly is not free.
    std::vector<std::size_t> free;
    for (const auto i : same) {
        const auto old = signature(file, file.definitions[i], syntax);
        const bool other =
            std::any_of(code.definitions.begin(), code.definitions.end(), [&](const Definition& each) {
                return each.name == wanted.name && signature(code, each, syntax) == old;
            });
        if (!other && !taken.contains(i)) free.push_back(i);
    }
    if (same.size() == 1) return free.empty() ? std::nullopt : std::optional(free.front());
    std::erase_if(free, [&](std::size_t i) {
        return parameters(signature(file, file.definitions[i], syntax)) != parameters(text);
    });
    return free.size() == 1 ? std::optional(free.front()) : std::nullopt;
}

// Changes "push(" in a header to "Ring::push(" or back.
void requalify(std::string& header, std::string_view from, std::string_view name, std::string_view to) {
    const std::string old = std::string(from) + std::string(name);
    for (auto at = header.find(old); at != std::string::npos; at = header.find(old, at + 1)) {
        const bool starts =
            at == 0 || (!is_word(header[at - 1]) && header[at - 1] != ':' && header[at - 1] != '~');
        const auto rest = trim(std::string_view(header).substr(at + old.size()));
        if (!starts || !rest.starts_with('(')) continue;
        header.replace(at, from.size(), to);
        return;
    }
}

// What may stand in a class alone.
void drop_class_words(std::string& header) {
    for (const std::string_view word : {"virtual ", "static ", "explicit "}) {
        const auto at = header.find(word);
        if (at != std::string::npos && trim(std::string_view(header).substr(0, at)).empty())
            header.erase(at, word.size());
    }
    for (const std::string_view word : {" override", " final"}) {
        const auto at = header.rfind(word);
        const auto paren = header.rfind(')');
        if (at != std::string::npos && paren != std::string::npos && at > paren)
            header.erase(at, word.size());
    }
}

Lines split_text(const std::string& text) {
    Lines lines;
    for (const auto line : split_lines(text))
        lines.emplace_back(line);
    return lines;
}

}  // namespace

std::string_view qualifier(std::string_view name) {
    return name.substr(0, name.size() - short_name(name).size());
}

std::string signature(const Source& source, const Definition& definition, Syntax syntax) {
    std::string text;
    for (auto n = definition.first_line; n < std::min(definition.end_line, source.lines.size()); ++n) {
        const std::string_view line = source.lines[n];
        const auto brace = syntax == Syntax::kBraces ? line.find('{') : std::string_view::npos;
        for (const char c : line.substr(0, brace)) {
            if (c != ' ' && c != '\t') text += c;
        }
        if (brace != std::string_view::npos || (syntax == Syntax::kIndent && trim(line).ends_with(':')))
            break;
    }
    return text;
}

std::optional<std::size_t> find_match(const Source& file, const Source& code, std::size_t index,
                                      Syntax syntax, std::string_view wanted_name,
                                      const std::set<std::size_t>& taken) {
    const auto& wanted = code.definitions[index];
    std::vector<std::size_t> same;
    std::vector<std::size_t> alike;
    for (std::size_t i = 0; i < file.definitions.size(); ++i) {
        const auto& each = file.definitions[i];
        if (each.is_class != wanted.is_class) continue;
        if (each.name == wanted.name) same.push_back(i);
        if (short_name(each.name) == short_name(wanted.name) &&
            may_be_same_class(qualifier(each.name), qualifier(wanted.name)) &&
            (syntax != Syntax::kIndent || fits_as_method(file, each, code, wanted)))
            alike.push_back(i);
    }
    if (same.empty() && alike.size() > 1 && wanted.name == short_name(wanted_name)) {
        const auto asked_for = std::find_if(alike.begin(), alike.end(), [&](std::size_t i) {
            return file.definitions[i].name == wanted_name;
        });
        if (asked_for != alike.end()) return *asked_for;
    }
    const bool repeated =
        std::count_if(code.definitions.begin(), code.definitions.end(), [&](const Definition& each) {
            return each.name == wanted.name && each.is_class == wanted.is_class;
        }) > 1;
    if (same.size() > 1 || (same.size() == 1 && repeated && syntax == Syntax::kBraces))
        return pick_overload(file, code, index, syntax, same, taken);
    if (same.size() == 1) return same.front();
    if (alike.size() == 1) return alike.front();
    const bool one_name = std::all_of(alike.begin(), alike.end(), [&](std::size_t i) {
        return file.definitions[i].name == file.definitions[alike.front()].name;
    });
    return alike.empty() || !one_name ? std::nullopt : pick_overload(file, code, index, syntax, alike, taken);
}

Lines lines_of(const Lines& lines, std::size_t first, std::size_t end) {
    end = std::min(end, lines.size());
    first = std::min(first, end);
    return {lines.begin() + static_cast<std::ptrdiff_t>(first),
            lines.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::string indentation(const Lines& lines, std::size_t line) {
    if (line >= lines.size()) return {};
    return lines[line].substr(0, std::min(lines[line].find_first_not_of(" \t"), lines[line].size()));
}

Lines shifted(Lines lines, std::string_view from, std::string_view to) {
    if (from == to) return lines;
    for (auto& line : lines) {
        if (trim(line).empty() || !line.starts_with(from)) continue;
        line.replace(0, from.size(), to);
    }
    return lines;
}

Lines adapted(const Source& code, const Definition& definition, const Source& file, const Definition& old,
              Syntax syntax) {
    auto lines =
        shifted(lines_of(code.lines, definition.first_line, definition.end_line),
                indentation(code.lines, definition.first_line), indentation(file.lines, old.first_line));
    if (syntax != Syntax::kBraces || definition.is_class) return lines;
    const auto name = short_name(old.name);
    // A nested definition is written with its bare name.
    const auto written = definition.is_nested ? std::string_view() : qualifier(definition.name);
    const auto needed = old.is_nested ? std::string_view() : qualifier(old.name);
    if (written == needed || name != short_name(definition.name)) return lines;
    auto text = join(lines, "\n");
    const auto brace = std::min(text.find('{'), text.size());
    std::string header = text.substr(0, brace);
    requalify(header, written, name, needed);
    if (!needed.empty()) drop_class_words(header);
    return split_text(header + text.substr(brace));
}

}  // namespace hearth::scaffold::detail
