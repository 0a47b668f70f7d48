#include "scaffold/edit_rules.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "core/path_glob.h"
#include "core/text.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostSimilar = 6;
constexpr std::size_t kLeastWord = 3;   // letters of a word that names have in common
constexpr std::size_t kLeastSaid = 12;  // bytes of an explanation

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& each) {
        return each == name || short_name(each) == short_name(name);
    });
}

// "roundPrice_total" as round, price, total.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    bool lower = false;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) == 0 || (std::isupper(byte) != 0 && lower)) words.emplace_back();
        lower = std::islower(byte) != 0;
        if (std::isalnum(byte) != 0) words.back() += static_cast<char>(std::tolower(byte));
    }
    std::erase_if(words, [](const std::string& word) { return word.size() < kLeastWord; });
    return words;
}

// The source of each definition by its name. Names that stand there twice are put together.
std::map<std::string, std::string> definitions(std::string_view path, std::string_view source) {
    std::map<std::string, std::string> out;
    const auto lines = split_lines(source);
    for (const auto& definition : outline(source, syntax_of(path))) {
        auto& text = out[definition.name];
        // A class is what its head says; its methods speak for themselves.
        const auto end = definition.is_class ? definition.first_line + 1 : definition.end_line;
        for (auto n = definition.first_line; n < std::min(end, lines.size()); ++n)
            text += fmt::format("{}\n", trim(lines[n]).empty() ? std::string_view() : lines[n]);
    }
    return out;
}

std::optional<std::string> length_fault(const EditRules& rules, const agent::FileChange& change) {
    if (!rules.max_lines) return std::nullopt;
    const auto now = split_lines(change.after).size();
    const auto before = change.before ? split_lines(*change.before).size() : 0;
    if (now <= *rules.max_lines || now <= before) return std::nullopt;
    return fmt::format(
        "{} would have {} lines, and a file here has at most {}. Put what is new into a file of its own{}.",
        change.path, now, *rules.max_lines,
        before > 0 && before <= *rules.max_lines
            ? fmt::format(", or add at most {} lines", *rules.max_lines - before)
            : std::string());
}

std::optional<std::string> search_fault(const ChangedFunctions& functions, const RuleContext& context,
                                        std::vector<std::string>& shown) {
    std::string out;
    for (const auto& name : functions.added) {
        if (has(context.looked_for, name)) continue;
        const auto similar = similar_functions(context.project, name);
        shown.push_back(name);
        if (!similar.empty()) out += fmt::format("For {} there is already:\n{}\n", name, join(similar, "\n"));
    }
    if (out.empty()) return std::nullopt;
    return out + "Use one of these where it fits. Where none does, make the same call again.";
}

std::optional<std::string> explanation_fault(const ChangedFunctions& functions, const RuleContext& context) {
    std::vector<std::string> missing;
    for (const auto* names : {&functions.changed, &functions.added, &functions.removed}) {
        for (const auto& name : *names) {
            const bool said = context.said.find(short_name(name)) != std::string_view::npos;
            if (!said && !has(context.planned, name)) missing.push_back(name);
        }
    }
    const bool silent = functions.changed.empty() && functions.added.empty() && functions.removed.empty()
                            ? trim(context.said).size() < kLeastSaid && context.planned.empty()
                            : !missing.empty();
    if (!silent) return std::nullopt;
    return fmt::format("Say first, in a sentence before the call, {}. Then make the same call again.",
                       missing.empty() ? std::string("what changes and why")
                                       : fmt::format("what changes in {} and why", join(missing, ", ")));
}

}  // namespace

std::string rule_words(const EditRules& rules) {
    std::string out;
    if (rules.max_lines) out += fmt::format("- A file has at most {} lines.\n", *rules.max_lines);
    if (!rules.forbidden.empty())
        out += fmt::format("- These stay as they are: {}.\n", join(rules.forbidden, ", "));
    if (rules.search_first) out += "- Before a function is added, look for one that does it already.\n";
    if (rules.explain) out += "- With each change, say which functions change and why.\n";
    if (!rules.tests.empty())
        out += fmt::format("- After the last change `{}` is run and passes.\n", rules.tests);
    return out.empty() ? out : "Rules of this project:\n" + out;
}

bool is_forbidden(const EditRules& rules, std::string_view path) {
    return std::any_of(rules.forbidden.begin(), rules.forbidden.end(),
                       [&](const std::string& pattern) { return matches_glob(pattern, path); });
}

ChangedFunctions changed_functions(const agent::FileChange& change) {
    ChangedFunctions out;
    const auto before = definitions(change.path, change.before.value_or(""));
    const auto after = definitions(change.path, change.after);
    for (const auto& [name, text] : after) {
        const auto known = before.find(name);
        if (known == before.end()) {
            out.added.push_back(name);
        } else if (known->second != text) {
            out.changed.push_back(name);
        }
    }
    for (const auto& [name, text] : before)
        if (after.find(name) == after.end()) out.removed.push_back(name);
    return out;
}

std::vector<std::string> similar_functions(const Project& project, std::string_view name) {
    struct Found {
        std::size_t common;
        std::string text;
    };

    const auto wanted = words_of(short_name(name));
    std::vector<Found> found;
    for (const auto* file : project.with_role(FileRole::kSource)) {
        for (const auto& definition : outline(file->content, syntax_of(file->path))) {
            const auto words = words_of(short_name(definition.name));
            const auto common = static_cast<std::size_t>(
                std::count_if(words.begin(), words.end(), [&](const std::string& word) {
                    return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
                }));
            if (common > 0)
                found.push_back({common, fmt::format("{}:{}: {}", file->path, definition.first_line + 1,
                                                     definition.name)});
        }
    }
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        return a.common != b.common ? a.common > b.common : a.text < b.text;
    });
    std::vector<std::string> out;
    for (auto& each : found)
        if (out.size() < kMostSimilar) out.push_back(std::move(each.text));
    return out;
}

std::optional<std::string> rule_fault(const EditRules& rules, const agent::FileChange& change,
                                      const RuleContext& context, std::vector<std::string>& shown) {
    if (is_forbidden(rules, change.path))
        return fmt::format("{} stays as it is by the rules of this project ({}). Make the change elsewhere.",
                           change.path, join(rules.forbidden, ", "));
    if (auto fault = length_fault(rules, change)) return fault;
    if (!rules.search_first && !rules.explain) return std::nullopt;
    const auto functions = changed_functions(change);
    if (rules.search_first) {
        if (auto fault = search_fault(functions, context, shown)) return fault;
    }
    return rules.explain ? explanation_fault(functions, context) : std::nullopt;
}

std::string prose_of(std::string_view text) {
    std::string out;
    bool code = false;
    for (const auto line : split_lines(text)) {
        if (trim(line).starts_with("```")) {
            code = !code;
        } else if (!code) {
            out += fmt::format("{}\n", line);
        }
    }
    return out;
}

}  // namespace hearth::scaffold
