#include "scaffold/splice.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

using Lines = std::vector<std::string>;

Lines to_lines(std::string_view text) {
    Lines lines;
    for (const auto line : split_lines(text))
        lines.emplace_back(line);
    return lines;
}

std::string to_text(const Lines& lines) { return lines.empty() ? std::string() : join(lines, "\n") + "\n"; }

bool is_import(std::string_view line, Syntax syntax) {
    const auto text = trim(line);
    if (syntax == Syntax::kIndent)
        return (line == text) && (text.starts_with("import ") || text.starts_with("from "));
    return text.starts_with("#include") || text.starts_with("import ") || text.starts_with("use ") ||
           text.starts_with("using ");
}

// How the definitions of the file and of the code correspond. Names may be written with or without the class
// around them, so a unique match by the last part of the name counts too.
std::optional<std::size_t> find_match(const std::vector<Definition>& definitions, const Definition& wanted) {
    std::optional<std::size_t> by_short_name;
    bool unique = true;
    std::size_t overloads = 0;
    std::optional<std::size_t> exact;
    for (std::size_t i = 0; i < definitions.size(); ++i) {
        const auto& each = definitions[i];
        if (each.is_class != wanted.is_class) continue;
        if (each.name == wanted.name) {
            if (!exact) exact = i;
            ++overloads;
        }
        if (short_name(each.name) == short_name(wanted.name)) {
            unique = !by_short_name;
            by_short_name = i;
        }
    }
    if (exact) return overloads == 1 ? exact : std::nullopt;
    return unique ? by_short_name : std::nullopt;
}

// Definitions that are told apart only by their parameters: compared by their first line.
std::optional<std::size_t> find_overload(const std::vector<Definition>& definitions, const Lines& file,
                                         const Definition& wanted, const Lines& code) {
    for (std::size_t i = 0; i < definitions.size(); ++i) {
        if (definitions[i].name != wanted.name) continue;
        if (trim(file[definitions[i].first_line]) == trim(code[wanted.first_line])) return i;
    }
    return std::nullopt;
}

Lines take(const Lines& lines, const Definition& definition) {
    return {lines.begin() + static_cast<std::ptrdiff_t>(definition.first_line),
            lines.begin() + static_cast<std::ptrdiff_t>(std::min(definition.end_line, lines.size()))};
}

Lines shifted(Lines lines, std::size_t from, std::size_t to) {
    if (from == to) return lines;
    for (auto& line : lines) {
        if (trim(line).empty()) continue;
        if (to > from) {
            line.insert(0, to - from, ' ');
        } else {
            std::size_t drop = 0;
            while (drop < from - to && drop < line.size() && line[drop] == ' ')
                ++drop;
            line.erase(0, drop);
        }
    }
    return lines;
}

struct Change {
    std::size_t first_line;  // of the file
    std::size_t end_line;    // equal to first_line for an insertion
    Lines lines;
};

// Every definition of the file stands in the code too, and the code brings at least half of the file's lines
// outside definitions (imports, constants), so it can stand for the whole.
bool covers(const Lines& file, const std::vector<Definition>& in_file, const Lines& code,
            const std::vector<Definition>& in_code, Syntax syntax) {
    std::multiset<std::string> names;
    for (const auto& each : in_code)
        names.insert(each.name);
    for (const auto& each : in_file) {
        const auto found = names.find(each.name);
        if (found == names.end()) return false;
        names.erase(found);
    }
    const auto count_imports = [&](const Lines& lines) {
        return std::count_if(lines.begin(), lines.end(),
                             [&](const auto& line) { return is_import(line, syntax); });
    };
    const bool keeps_head = count_imports(file) == 0 || count_imports(code) > 0;
    const auto content = [](const Lines& lines) {
        return std::count_if(lines.begin(), lines.end(),
                             [](const auto& line) { return !trim(line).empty(); });
    };
    return keeps_head && content(code) * 10 >= content(file) * 4;
}

// The imports of the code that the file has not, to go after the last import of the file.
std::optional<Change> missing_imports(const Lines& file, const Lines& code, Syntax syntax) {
    std::set<std::string, std::less<>> known;
    std::size_t at = 0;
    for (std::size_t n = 0; n < file.size(); ++n) {
        if (!is_import(file[n], syntax)) continue;
        known.insert(std::string(trim(file[n])));
        // A parenthesised import goes on; the next lines up to the bracket belong to it.
        at = n + 1;
        while (file[n].find('(') != std::string::npos && at < file.size() &&
               file[at - 1].find(')') == std::string::npos)
            ++at;
    }
    Lines added;
    for (const auto& line : code) {
        const bool whole = line.find('(') == std::string::npos || line.find(')') != std::string::npos;
        if (is_import(line, syntax) && whole && !known.contains(trim(line))) added.emplace_back(trim(line));
    }
    if (added.empty() ||
        (at == 0 && syntax == Syntax::kIndent && !file.empty() && file[0].starts_with("\"\"\""))) {
        return std::nullopt;
    }
    return Change{at, at, std::move(added)};
}

std::string apply(Lines file, std::vector<Change> changes) {
    // From the end of the file, so that the line numbers before a change stay right.
    std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
        return std::pair(a.first_line, a.end_line) > std::pair(b.first_line, b.end_line);
    });
    for (const auto& change : changes) {
        const auto begin = file.begin() + static_cast<std::ptrdiff_t>(change.first_line);
        const auto end = file.begin() + static_cast<std::ptrdiff_t>(change.end_line);
        const auto at = file.erase(begin, end);
        file.insert(at, change.lines.begin(), change.lines.end());
    }
    return to_text(file);
}

class Splicer {
public:
    Splicer(Lines file, Lines code, Syntax syntax, std::vector<Definition> in_file,
            std::vector<Definition> in_code)
        : file_(std::move(file)),
          code_(std::move(code)),
          syntax_(syntax),
          in_file_(std::move(in_file)),
          in_code_(std::move(in_code)) {}

    Result<std::string> run() {
        for (std::size_t i = 0; i < in_code_.size(); ++i)
            i = place(i);
        if (changes_.empty()) {
            return Error(Code::kInvalidInput, "the answer holds no function or class of this file");
        }
        insert_new();
        if (auto imports = missing_imports(file_, code_, syntax_)) changes_.push_back(std::move(*imports));
        return apply(file_, std::move(changes_));
    }

private:
    // Finds the place of one definition; returns the index of the last one that is done with it.
    std::size_t place(std::size_t i) {
        const auto& wanted = in_code_[i];
        auto match = find_match(in_file_, wanted);
        if (!match) match = find_overload(in_file_, file_, wanted, code_);
        const std::size_t last_inside = last_nested(i);
        if (!match) {
            if (!wanted.is_nested) new_ones_.push_back(i);
            if (wanted.is_nested) add_method(wanted);
            return last_inside;
        }
        if (wanted.is_class && !covers_class(*match, i, last_inside)) return i;  // go on with its methods
        const auto& old = in_file_[*match];
        changes_.push_back({old.first_line, std::min(old.end_line, file_.size()),
                            shifted(take(code_, wanted), wanted.indent, old.indent)});
        return last_inside;
    }

    [[nodiscard]] std::size_t last_nested(std::size_t i) const {
        std::size_t last = i;
        while (last + 1 < in_code_.size() && in_code_[last + 1].first_line < in_code_[i].end_line)
            ++last;
        return last;
    }

    [[nodiscard]] bool covers_class(std::size_t in_file, std::size_t first, std::size_t last) const {
        std::set<std::string_view> names;
        for (std::size_t i = first + 1; i <= last; ++i)
            names.insert(short_name(in_code_[i].name));
        const auto& whole = in_file_[in_file];
        for (const auto& each : in_file_) {
            const bool inside = each.first_line > whole.first_line && each.end_line <= whole.end_line;
            if (inside && !names.contains(short_name(each.name))) return false;
        }
        // Without a method inside, only a class of about the same length can replace it.
        return last > first || (in_code_[first].end_line - in_code_[first].first_line) * 2 >=
                                   whole.end_line - whole.first_line;
    }

    // A method that the class of the file lacks goes to the end of that class.
    void add_method(const Definition& method) {
        const auto around = method.name.substr(0, method.name.find_last_of(".:"));
        for (const auto& each : in_file_) {
            if (!each.is_class || (each.name != around && each.name + ":" != around)) continue;
            std::size_t indent = each.indent + 4;
            for (const auto& other : in_file_) {
                if (other.first_line > each.first_line && other.end_line <= each.end_line)
                    indent = other.indent;
            }
            auto lines = shifted(take(code_, method), method.indent, indent);
            const std::size_t at = syntax_ == Syntax::kBraces ? each.end_line - 1 : each.end_line;
            lines.insert(lines.begin(), "");
            changes_.push_back({at, at, std::move(lines)});
            return;
        }
    }

    void insert_new() {
        if (new_ones_.empty()) return;
        std::size_t at = changes_.front().first_line;
        for (const auto& change : changes_)
            at = std::min(at, change.first_line);
        for (const auto& each : in_file_) {  // never into the middle of a class
            if (!each.is_nested && each.first_line < at && at < each.end_line) at = each.first_line;
        }
        Lines lines;
        for (const auto i : new_ones_) {
            const auto taken = take(code_, in_code_[i]);
            lines.insert(lines.end(), taken.begin(), taken.end());
            lines.insert(lines.end(), syntax_ == Syntax::kIndent ? 2 : 1, "");
        }
        changes_.push_back({at, at, std::move(lines)});
    }

    Lines file_;
    Lines code_;
    Syntax syntax_;
    std::vector<Definition> in_file_;
    std::vector<Definition> in_code_;
    std::vector<Change> changes_;
    std::vector<std::size_t> new_ones_;
};

}  // namespace

Result<std::string> splice(std::string_view file, std::string_view code, Syntax syntax) {
    if (trim(code).empty()) return Error(Code::kInvalidInput, "the answer holds no code");
    auto code_lines = to_lines(code);
    auto file_lines = to_lines(file);
    if (trim(file).empty()) return to_text(code_lines);
    auto in_file = outline(file, syntax);
    auto in_code = outline(code, syntax);
    if (in_file.empty() || covers(file_lines, in_file, code_lines, in_code, syntax)) {
        const auto size = [](const Lines& lines) { return lines.size(); };
        if (in_file.empty() && size(code_lines) * 10 < size(file_lines) * 6) {
            return Error(
                Code::kInvalidInput,
                fmt::format("the answer has {} lines where the file has {}: it looks like a part of it",
                            code_lines.size(), file_lines.size()));
        }
        return to_text(code_lines);
    }
    return Splicer(std::move(file_lines), std::move(code_lines), syntax, std::move(in_file),
                   std::move(in_code))
        .run();
}

}  // namespace hearth::scaffold
