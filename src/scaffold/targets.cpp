#include "scaffold/targets.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "core/text.h"
#include "scaffold/detail/brace_header.h"
#include "scaffold/detail/function_body.h"
#include "scaffold/missing_member.h"
#include "scaffold/source_outline.h"
#include "scaffold/stubs.h"

namespace hearth::scaffold {
namespace {

using Words = std::multiset<std::string, std::less<>>;

Words words_of(std::string_view text) {
    Words words;
    std::string word;
    for (const char c : text) {
        if (detail::is_word(c)) {
            word += c;
        } else if (!word.empty()) {
            words.insert(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) words.insert(std::move(word));
    return words;
}

// Names that a text writes as code: "merge()", "`merge`", "Cart.add", "add_item", "addItem", "the function merge". A plain word may
// be a word of the language ("the last page of a list") that only happens to be a name as well.
std::set<std::string, std::less<>> code_names(std::string_view text) {
    std::set<std::string, std::less<>> names;
    std::string_view before;  // the word before, when only a space is between
    for (std::size_t first = 0; first < text.size();) {
        if (!detail::is_word(text[first])) {
            if (text[first] != ' ') before = {};
            ++first;
            continue;
        }
        std::size_t end = first;
        while (end < text.size() && detail::is_word(text[end]))
            ++end;
        const auto word = text.substr(first, end - first);
        const char left = first > 0 ? text[first - 1] : ' ';
        const auto right = text.substr(end);
        const bool inner_capital =
            std::adjacent_find(word.begin(), word.end(), [](unsigned char a, unsigned char b) {
                return std::islower(a) != 0 && std::isupper(b) != 0;
            }) != word.end();
        // "Cart.add" and "Cart::add", not the end of a sentence.
        const bool member = (left == '.' || left == ':') && first > 1 && text[first - 2] != ' ';
        if (right.starts_with('(') || left == '`' || member || inner_capital || word.contains('_') ||
            right.starts_with(" function") || right.starts_with(" method") || before == "function" ||
            before == "method")
            names.emplace(word);
        before = word;
        first = end;
    }
    return names;
}

constexpr double kStub = 7;           // what has yet to be written needs the change, whatever else is said
constexpr std::size_t kMostUses = 4;  // failing tests that count for one definition

// Signs of one file, and of the definitions in it.
class Judge {
public:
    Judge(const Project& project, std::string_view prompt, const TestReport& report)
        : prompt_(prompt),
          prompt_words_(words_of(prompt)),
          prompt_code_(code_names(prompt)),
          digest_words_(words_of(report.digest)),
          report_(report) {
        for (const auto* test : project.with_role(FileRole::kTest)) {
            tests_ += test->content;
            tests_ += '\n';
            read_failing_tests(*test);
        }
        test_words_ = words_of(tests_);
        const auto names_one = [this](const ProjectFile* source) {
            return std::ranges::any_of(
                outline(source->content, syntax_of(source->path)), [this](const Definition& definition) {
                    return !definition.is_class && digest_words_.contains(short_name(definition.name));
                });
        };
        failure_names_one_ =
            !digest_words_.empty() && std::ranges::any_of(project.with_role(FileRole::kSource), names_one);
        // What only the sources ask for may be a slip there.
        missing_ = missing_members(report.digest);
        std::erase_if(missing_, [&](const MissingMember& each) {
            return !prompt_words_.contains(each.name) && tests_.find(each.name + "(") == std::string::npos;
        });
    }

    [[nodiscard]] Target judge(const ProjectFile& file) const {
        Target target;
        target.file = file.path;
        const auto name = file_name(file.path);
        const auto stem = name.substr(0, name.rfind('.'));
        const auto definitions = outline(file.content, syntax_of(file.path));
        target.score = score_of_file(file, name, stem, definitions.empty());
        if (is_used(stem) && is_blank_source(file.content, syntax_of(file.path))) {
            target.score += kStub;
            target.certain = target.stub = true;
            return target;
        }
        double best = 0;
        if (aim_at_missing(definitions, stem, target)) best = 16;
        std::vector<std::pair<double, std::string>> named;
        std::vector<std::pair<double, std::string>> functions;
        for (const auto& definition : definitions) {
            const bool stub = is_stub(file, definition, definitions);
            const double score = judge_definition(file, definition, definitions, stub);
            if (stub) ++target.unwritten;
            if (!definition.is_class) functions.emplace_back(-score, definition.name);
            if (!definition.is_class && prompt_words_.contains(word_for(definition.name)))
                named.emplace_back(-score, definition.name);
            if (score > best) {
                best = score;
                target.definition = definition.name;
                target.missing.clear();
                target.stub = stub;
                target.certain = target.stub || is_named(definition.name);
            }
        }
        target.score += best;
        std::sort(functions.begin(), functions.end());
        for (auto& [negative, each] : functions)
            target.definitions.push_back(std::move(each));
        std::sort(named.begin(), named.end());
        for (auto& [negative, each] : named)
            if (target.certain && !target.stub && each != target.definition)
                target.also.push_back(std::move(each));
        return target;
    }

private:
    // What the names of a file and the places in it say; `bare`: it has no definitions.
    [[nodiscard]] double score_of_file(const ProjectFile& file, std::string_view name, std::string_view stem,
                                       bool bare) const {
        double score = 0;
        const bool header = name.ends_with(".h") || name.ends_with(".hpp") || name.ends_with(".hh");
        // A header of nothing but prototypes is named for what it says, not for what is wrong with it.
        const bool prototypes = header && bare;
        if (!prototypes && prompt_.find(name) != std::string_view::npos) score += 12;
        if (prompt_words_.contains(stem)) score += 3;
        if (test_words_.contains(stem)) score += 2;
        // A header is the right place only when nothing else is.
        if (header) score -= 1.5;
        double weight = 6;
        for (const auto& place : report_.places) {
            if (!same_file(place.file, file.path)) continue;
            score += weight;
            weight /= 2;
        }
        return score;
    }

    // What the tests that the output names use, by name where a runner of one's own tells no line.
    void read_failing_tests(const ProjectFile& file) {
        const auto lines = split_lines(file.content);
        for (const auto& test : outline(file.content, syntax_of(file.path))) {
            const auto name = short_name(test.name);
            if (test.is_class || !to_lower_ascii(name).starts_with("test") || !digest_words_.contains(name))
                continue;
            const auto words = words_of(detail::text_of_lines(lines, test.first_line, test.end_line));
            for (const auto& word : std::set<std::string, std::less<>>(words.begin(), words.end()))
                if (failing_uses_.count(word) < kMostUses) failing_uses_.insert(word);
        }
    }

    // Whether somebody who says what is wanted speaks of it.
    [[nodiscard]] bool is_used(std::string_view name) const {
        return test_words_.contains(name) || digest_words_.contains(name) || prompt_words_.contains(name);
    }

    // A body that does nothing is a stub where somebody waits for what it does.
    [[nodiscard]] bool is_stub(const ProjectFile& file, const Definition& definition,
                               const std::vector<Definition>& all) const {
        if (definition.is_class && holds_others(definition, all)) return false;
        const auto state = unwritten(file.content, definition, syntax_of(file.path));
        return state == Unwritten::kSaysSo ||
               (state == Unwritten::kEmpty && is_used(short_name(definition.name)));
    }

    static bool holds_others(const Definition& definition, const std::vector<Definition>& all) {
        return std::ranges::any_of(all, [&](const Definition& other) {
            return other.first_line > definition.first_line && other.end_line <= definition.end_line;
        });
    }

    // How a user speaks of a definition.
    static std::string_view word_for(std::string_view name) {
        return is_constructor(name) ? "constructor" : short_name(name);
    }

    // Whether the user means this definition. A plain word counts unless the failure names other definitions and not this one.
    [[nodiscard]] bool is_named(std::string_view name) const {
        const auto word = word_for(name);
        if (!prompt_words_.contains(word)) return false;
        return word == "constructor" || !failure_names_one_ || prompt_code_.contains(word) ||
               digest_words_.contains(word);
    }

    static bool same_file(std::string_view printed, std::string_view path) {
        while (printed.starts_with("./"))
            printed.remove_prefix(2);
        return printed == path || path.ends_with("/" + std::string(printed)) ||
               printed.ends_with("/" + std::string(path));
    }

    // Makes what a class of this file lacks first the target, or what the file itself does, as a module. Returns whether there is
    // something.
    bool aim_at_missing(const std::vector<Definition>& definitions, std::string_view module,
                        Target& target) const {
        for (const auto& each : missing_) {
            if (each.owner == module &&
                std::ranges::find(definitions, each.name, &Definition::name) == definitions.end()) {
                target.definition = target.missing = each.name;
                target.certain = target.stub = true;
                return true;
            }
            const auto owner = std::ranges::find_if(definitions, [&](const Definition& definition) {
                return definition.is_class && short_name(definition.name) == each.owner;
            });
            if (owner == definitions.end()) continue;
            target.definition = owner->name;
            target.certain = target.stub = true;
            target.missing = each.name;
            return true;
        }
        return false;
    }

    [[nodiscard]] double judge_definition(const ProjectFile& file, const Definition& definition,
                                          const std::vector<Definition>& all, bool stub) const {
        const auto name = short_name(definition.name);
        double score = 0;
        if (is_named(definition.name))
            score += 6;
        else if (prompt_words_.contains(word_for(definition.name)))
            score += 2;
        // A class that holds other definitions is named by them, not by itself.
        if (definition.is_class && holds_others(definition, all)) return score / 4;
        if (stub) score += kStub;
        const bool constructor = is_constructor(definition.name);
        if (!constructor && digest_words_.contains(name)) score += 3;
        double weight = 4;
        for (const auto& place : report_.places) {
            const auto line = static_cast<std::size_t>(std::max<std::int64_t>(place.line, 1)) - 1;
            if (!same_file(place.file, file.path) || line < definition.first_line ||
                line >= definition.end_line)
                continue;
            score += weight;
            weight /= 2;
        }
        if (!constructor && test_words_.contains(name)) score += 1;
        if (!constructor) score += static_cast<double>(failing_uses_.count(name)) / 2;
        return score;
    }

    std::string_view prompt_;
    Words prompt_words_;
    std::set<std::string, std::less<>> prompt_code_;
    Words digest_words_;
    Words test_words_;
    bool failure_names_one_ = false;  // the output of the tests has the name of a function in it
    std::string tests_;
    Words failing_uses_;  // words of failing tests, each once for a test, at most kMostUses times
    std::vector<MissingMember> missing_;
    const TestReport& report_;
};

}  // namespace

bool is_blank(const Target& target) { return target.stub && target.definition.empty(); }

std::vector<Target> rank_targets(const Project& project, std::string_view prompt, const TestReport& report) {
    const Judge judge(project, prompt, report);
    std::vector<Target> targets;
    for (const auto* file : project.with_role(FileRole::kSource))
        targets.push_back(judge.judge(*file));
    std::sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
        return a.score != b.score ? a.score > b.score : a.file < b.file;
    });
    return targets;
}

}  // namespace hearth::scaffold
