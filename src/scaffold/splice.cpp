#include "scaffold/splice.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "core/text.h"
#include "scaffold/detail/brace_header.h"
#include "scaffold/detail/imports.h"
#include "scaffold/detail/matching.h"
#include "scaffold/detail/statements.h"

namespace hearth::scaffold {
namespace {

using detail::Lines;
using detail::Source;
using detail::Statement;

Source read_source(std::string_view text, Syntax syntax) {
    Source source;
    for (const auto line : split_lines(text))
        source.lines.emplace_back(line);
    source.definitions = outline(text, syntax);
    return source;
}

std::string to_text(const Lines& lines) { return lines.empty() ? std::string() : join(lines, "\n") + "\n"; }

struct Change {
    std::size_t first_line;  // of the file
    std::size_t end_line;    // equal to first_line for an insertion
    Lines lines;
};

std::string with_changes(Lines file, const std::vector<Change>& changes) {
    // From the end of the file, so that the line numbers before a change stay right; of insertions at one line
    // the first one made comes last and thus stands in front.
    std::vector<std::size_t> order(changes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tuple(changes[a].first_line, changes[a].end_line, a) >
               std::tuple(changes[b].first_line, changes[b].end_line, b);
    });
    for (const auto i : order) {
        const auto& change = changes[i];
        const auto begin = file.begin() + static_cast<std::ptrdiff_t>(change.first_line);
        const auto end = file.begin() + static_cast<std::ptrdiff_t>(change.end_line);
        const auto at = file.erase(begin, end);
        file.insert(at, change.lines.begin(), change.lines.end());
    }
    return to_text(file);
}

std::vector<Statement> statements_in(const Source& source, std::size_t first, std::size_t end,
                                     Syntax syntax) {
    return detail::statements_outside(source.lines, source.definitions, first, end, syntax);
}

std::vector<Statement> top_statements(const Source& source, Syntax syntax) {
    return statements_in(source, 0, source.lines.size(), syntax);
}

// Fields and prototypes of a class; its own header line is left out.
std::vector<Statement> fields_of(const Source& source, const Definition& definition, Syntax syntax) {
    return statements_in(source, definition.first_line + 1, definition.end_line, syntax);
}

bool holds_names(const std::vector<Statement>& held, const std::vector<Statement>& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const Statement& each) {
        return each.name.empty() || std::any_of(held.begin(), held.end(), [&](const Statement& other) {
                   return other.name == each.name;
               });
    });
}

// The code can stand for the whole file: it has every definition and constant, at least half of the imports and of the other
// statements, and left nothing out.
bool covers(const Source& file, const Source& code, Syntax syntax) {
    std::multiset<std::string> names;
    for (const auto& each : code.definitions)
        names.insert(each.name);
    for (const auto& each : file.definitions) {
        const auto found = names.find(each.name);
        if (found == names.end()) return false;
        names.erase(found);
    }
    const auto in_file = top_statements(file, syntax);
    const auto in_code = top_statements(code, syntax);
    if (!holds_names(in_code, in_file)) return false;
    const auto count = [](const std::vector<Statement>& statements, bool imports) {
        return std::count_if(statements.begin(), statements.end(),
                             [&](const auto& each) { return each.is_import == imports; });
    };
    for (const bool imports : {true, false}) {
        if (count(in_code, imports) * 2 < count(in_file, imports)) return false;
    }
    for (const auto& each : file.definitions) {
        if (!each.is_class) continue;
        const auto same = std::find_if(code.definitions.begin(), code.definitions.end(),
                                       [&](const Definition& other) { return other.name == each.name; });
        if (same != code.definitions.end() &&
            !holds_names(fields_of(code, *same, syntax), fields_of(file, each, syntax)))
            return false;
    }
    const auto left_out = [&](const Source& source) {
        return std::count_if(
            source.definitions.begin(), source.definitions.end(),
            [&](const Definition& each) { return detail::is_left_out(source.lines, each, syntax); });
    };
    if (left_out(code) > left_out(file)) return false;
    const auto content = [](const Lines& lines) {
        return std::count_if(lines.begin(), lines.end(),
                             [](const auto& line) { return !trim(line).empty(); });
    };
    return content(code.lines) * 10 >= content(file.lines) * 4;
}

class Splicer {
public:
    Splicer(Source file, Source code, Syntax syntax, std::string_view wanted)
        : file_(std::move(file)), code_(std::move(code)), syntax_(syntax), wanted_(wanted) {}

    Result<std::string> run() {
        for (std::size_t i = 0; i < code_.definitions.size(); ++i)
            i = place(i);
        const auto definitions = changes_.size();
        place_statements();
        if (changes_.empty() && !holds_wanted()) {
            return Error(Code::kInvalidInput, left_out_
                                                  ? "the answer leaves out the code of its functions"
                                                  : "the answer holds no function or class of this file");
        }
        insert_new(definitions);
        if (auto imports = detail::missing_imports(file_, code_, syntax_))
            changes_.push_back({imports->line, imports->line, std::move(imports->lines)});
        return with_changes(std::move(file_.lines), changes_);
    }

private:
    // What was asked for is new, and here it is.
    [[nodiscard]] bool holds_wanted() const {
        return !wanted_.empty() && std::ranges::any_of(code_.definitions, [&](const Definition& each) {
            return each.name == wanted_ && !detail::is_left_out(code_.lines, each, syntax_);
        });
    }

    // Finds the place of one definition; returns the index of the last one that is done with it.
    std::size_t place(std::size_t i) {
        const auto& definition = code_.definitions[i];
        const auto last_inside = last_nested(i);
        const auto match = detail::find_match(file_, code_, i, syntax_, wanted_, taken_);
        if (!match) {
            if (const auto* whole = class_of_bare_method(definition)) {
                append_to_class(definition, *whole);
            } else if (!definition.is_nested) {
                new_parts_.emplace_back(definition.first_line, definition.end_line);
            } else {
                add_method(definition);
            }
            return last_inside;
        }
        const auto& old = file_.definitions[*match];
        if (definition.is_class && !covers_class(old, i, last_inside)) {
            classes_[i] = *match;
            add_fields(definition, old);
            return i;  // go on with its methods
        }
        if (detail::is_left_out(code_.lines, definition, syntax_) &&
            !detail::is_left_out(file_.lines, old, syntax_)) {
            left_out_ = true;
            return last_inside;
        }
        auto lines = detail::adapted(code_, definition, file_, old, syntax_);
        if (taken_.insert(*match).second) {
            change_of_[*match] = changes_.size();
            changes_.push_back(
                {old.first_line, std::min(old.end_line, file_.lines.size()), std::move(lines)});
        } else {
            changes_[change_of_[*match]].lines = std::move(lines);  // given twice: the last one counts
        }
        return last_inside;
    }

    [[nodiscard]] std::size_t last_nested(std::size_t i) const {
        std::size_t last = i;
        while (last + 1 < code_.definitions.size() &&
               code_.definitions[last + 1].first_line < code_.definitions[i].end_line)
            ++last;
        return last;
    }

    [[nodiscard]] bool covers_class(const Definition& whole, std::size_t first, std::size_t last) const {
        std::multiset<std::string_view> names;
        for (std::size_t i = first + 1; i <= last; ++i) {
            if (!detail::is_left_out(code_.lines, code_.definitions[i], syntax_))
                names.insert(short_name(code_.definitions[i].name));
        }
        for (const auto& each : file_.definitions) {
            const bool inside = each.first_line > whole.first_line && each.end_line <= whole.end_line;
            if (!inside) continue;
            const auto found = names.find(short_name(each.name));
            if (found == names.end()) return false;
            names.erase(found);
        }
        if (!holds_names(fields_of(code_, code_.definitions[first], syntax_),
                         fields_of(file_, whole, syntax_)))
            return false;
        // Without a method inside, only a class of about the same length can replace it.
        return last > first ||
               (code_.definitions[first].end_line - code_.definitions[first].first_line) * 2 >=
                   whole.end_line - whole.first_line;
    }

    // Fields and prototypes of a partial class that the file's class lacks go behind the last ones of it.
    void add_fields(const Definition& partial, const Definition& whole) {
        const auto held = fields_of(file_, whole, syntax_);
        for (const auto& each : fields_of(code_, partial, syntax_)) {
            const bool known = each.name.empty() ||
                               std::any_of(held.begin(), held.end(),
                                           [&](const Statement& other) { return other.name == each.name; });
            if (known || held.empty()) continue;
            const bool prototype = each.name.ends_with('(');
            const Statement* behind = &held.front();
            for (const auto& other : held) {
                if (other.name.ends_with('(') == prototype) behind = &other;
            }
            changes_.push_back({behind->end_line, behind->end_line,
                                detail::shifted(detail::lines_of(code_.lines, each.first_line, each.end_line),
                                                detail::indentation(code_.lines, each.first_line),
                                                detail::indentation(file_.lines, behind->first_line))});
        }
    }

    // A method that the class of the file lacks goes to the end of that class.
    void add_method(const Definition& method) {
        const Definition* whole = nullptr;
        for (const auto& [in_code, in_file] : classes_) {
            const auto& around = code_.definitions[in_code];
            if (around.first_line < method.first_line && method.end_line <= around.end_line)
                whole = &file_.definitions[in_file];
        }
        if (whole != nullptr) append_to_class(method, *whole);
    }

    // A new Python method that came without its class: it belongs to the class of the definition asked for, or to the only one.
    [[nodiscard]] const Definition* class_of_bare_method(const Definition& method) const {
        if (syntax_ != Syntax::kIndent || method.is_nested || method.is_class) return nullptr;
        const auto text = detail::signature(code_, method, syntax_);
        if (text.find("(self") == std::string::npos && text.find("(cls") == std::string::npos) return nullptr;
        const Definition* only = nullptr;
        std::size_t classes = 0;
        for (const auto& each : file_.definitions) {
            if (!each.is_class) continue;
            if (each.name + "." == detail::qualifier(wanted_) || each.name == wanted_) return &each;
            only = &each;
            ++classes;
        }
        return classes == 1 ? only : nullptr;
    }

    void append_to_class(const Definition& method, const Definition& whole) {
        auto indent = detail::indentation(file_.lines, whole.first_line) + "    ";
        for (const auto& other : file_.definitions) {
            if (other.first_line > whole.first_line && other.end_line <= whole.end_line)
                indent = detail::indentation(file_.lines, other.first_line);
        }
        auto lines = detail::shifted(detail::lines_of(code_.lines, method.first_line, method.end_line),
                                     detail::indentation(code_.lines, method.first_line), indent);
        lines.insert(lines.begin(), "");
        const std::size_t at = syntax_ == Syntax::kBraces ? whole.end_line - 1 : whole.end_line;
        changes_.push_back({at, at, std::move(lines)});
    }

    // Whether a function or class of the code uses the name: a constant is, the variables of an example of use are not.
    [[nodiscard]] bool is_used(const std::string& name) const {
        return std::any_of(code_.definitions.begin(), code_.definitions.end(), [&](const Definition& each) {
            const auto text = detail::flat_text(code_.lines, each.first_line, each.end_line);
            for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
                const auto end = at + name.size();
                if ((at == 0 || !detail::is_word(text[at - 1])) &&
                    (end == text.size() || !detail::is_word(text[end])))
                    return true;
            }
            return false;
        });
    }

    // Constants: those of the file take the new value, new ones are added.
    void place_statements() {
        const auto in_file = top_statements(file_, syntax_);
        for (const auto& each : top_statements(code_, syntax_)) {
            if (each.is_import || each.name.empty() || each.name.ends_with('(') || each.name == "if __name__")
                continue;
            const auto text = detail::flat_text(code_.lines, each.first_line, each.end_line);
            if (text.find("...") != std::string::npos) continue;  // left out
            const auto old = std::find_if(in_file.begin(), in_file.end(),
                                          [&](const Statement& other) { return other.name == each.name; });
            if (old == in_file.end()) {
                if (is_used(each.name)) new_parts_.emplace_back(each.first_line, each.end_line);
            } else if (detail::flat_text(file_.lines, old->first_line, old->end_line) != text) {
                changes_.push_back({old->first_line, old->end_line,
                                    detail::lines_of(code_.lines, each.first_line, each.end_line)});
            }
        }
    }

    // `definitions`: how many of the changes, from the first, are of functions and classes.
    void insert_new(std::size_t definitions) {
        if (new_parts_.empty()) return;
        std::size_t at =
            file_.definitions.empty() ? file_.lines.size() : file_.definitions.front().first_line;
        if (definitions > 0) at = file_.lines.size();
        const bool behind = changes_.empty();
        if (behind) at = end_of_definitions();
        for (std::size_t i = 0; i < definitions; ++i)
            at = std::min(at, changes_[i].first_line);
        for (const auto& each : file_.definitions) {  // never into the middle of a class
            if (!each.is_nested && each.first_line < at && at < each.end_line) at = each.first_line;
        }
        while (at > 0 && detail::is_comment_line(file_.lines[at - 1],
                                                 syntax_))  // nor between a function and what is said of it
            --at;
        std::sort(new_parts_.begin(), new_parts_.end());
        Lines lines;
        for (std::size_t i = 0; i < new_parts_.size(); ++i) {
            const auto [first, end] = new_parts_[i];
            const auto taken = detail::lines_of(code_.lines, first, end);
            lines.insert(lines.end(), taken.begin(), taken.end());
            const bool single = end - first == 1;
            const bool next_single =
                i + 1 < new_parts_.size() && new_parts_[i + 1].second - new_parts_[i + 1].first == 1;
            if (single && next_single) continue;
            const auto place = behind ? lines.end() - static_cast<std::ptrdiff_t>(taken.size()) : lines.end();
            lines.insert(place, syntax_ == Syntax::kIndent ? 2 : 1, "");
        }
        changes_.push_back({at, at, std::move(lines)});
    }

    // Behind the last one, so that what is new may use all of them.
    [[nodiscard]] std::size_t end_of_definitions() const {
        std::size_t end = 0;
        for (const auto& each : file_.definitions)
            end = std::max(end, each.end_line);
        return file_.definitions.empty() ? file_.lines.size() : std::min(end, file_.lines.size());
    }

    Source file_;
    Source code_;
    Syntax syntax_;
    std::string_view wanted_;
    std::vector<Change> changes_;
    std::set<std::size_t> taken_;                                 // definitions of the file that are replaced
    std::map<std::size_t, std::size_t> change_of_;                // their places in changes_
    std::map<std::size_t, std::size_t> classes_;                  // partial classes: of the code, of the file
    std::vector<std::pair<std::size_t, std::size_t>> new_parts_;  // lines of the code
    bool left_out_ = false;
};

Result<std::string> splice_lf(std::string_view file_text, std::string_view code_text, Syntax syntax,
                              std::string_view wanted) {
    auto code = read_source(code_text, syntax);
    if (trim(file_text).empty()) return to_text(code.lines);
    auto file = read_source(file_text, syntax);
    const bool bare = file.definitions.empty();
    // Where there are no functions, length tells a file from a part of one.
    if (bare && code.lines.size() * 10 >= file.lines.size() * 6) return to_text(code.lines);
    if (!bare && covers(file, code, syntax)) return to_text(code.lines);
    const auto lines = file.lines.size();
    const auto given = code.lines.size();
    auto spliced = Splicer(std::move(file), std::move(code), syntax, wanted).run();
    if (spliced || !bare) return spliced;
    return Error(Code::kInvalidInput,
                 fmt::format("the answer has {} lines where the file has {}: it looks like a part of it",
                             given, lines));
}

}  // namespace

Result<std::string> splice(std::string_view file, std::string_view code, Syntax syntax,
                           std::string_view wanted) {
    if (trim(code).empty()) return Error(Code::kInvalidInput, "the answer holds no code");
    const auto plain_code = replace_all(code, "\r\n", "\n");
    const auto plain_file = replace_all(file, "\r\n", "\n");
    const auto ends = std::count(plain_file.begin(), plain_file.end(), '\n');
    const bool crlf = ends > 0 && file.size() == plain_file.size() + static_cast<std::size_t>(ends);
    if (!crlf) return splice_lf(file, plain_code, syntax, wanted);
    return replace_all(TRY(splice_lf(plain_file, plain_code, syntax, wanted)), "\n", "\r\n");
}

}  // namespace hearth::scaffold
