#include "eval/detail/recorded_tests.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <tuple>
#include <utility>

#include "core/text.h"

namespace hearth::eval::detail {
namespace {

constexpr int kRounds = 10;  // a test method that stops at its first difference shows one in each

// A change of text. Of those at one place ends come first, the inner before the outer, then beginnings, the outer before the inner.
struct Edit {
    std::size_t at = 0;
    int kind = 0;  // 0: end, 1: beginning, 2: replacement
    std::size_t rank = 0;
    std::size_t size = 0;
    std::string text;
};

std::string edited(std::string_view text, std::vector<Edit> edits) {
    std::ranges::sort(edits, {}, [](const Edit& edit) { return std::tuple(edit.at, edit.kind, edit.rank); });
    std::string result;
    std::size_t at = 0;
    for (const auto& edit : edits) {
        if (edit.at < at) continue;  // inside of what was replaced as a whole
        result += text.substr(at, edit.at - at);
        result += edit.text;
        at = edit.at + edit.size;
    }
    result += text.substr(at);
    return result;
}

bool is_within(std::size_t at, const std::vector<Span>& spans) {
    return std::ranges::any_of(spans,
                               [at](const Span& span) { return at >= span.at && at < span.at + span.size; });
}

std::vector<Edit> drawn_edits(std::string_view text, CodeLanguage language, const Draw& draw,
                              const std::vector<Span>& kept) {
    std::vector<Edit> edits;
    for (const auto& atom : atoms_of_code(text, language)) {
        const auto found = draw.find(key_of(atom));
        if (found == draw.end() || is_within(atom.at, kept)) continue;
        edits.push_back({atom.at, 2, 1, atom.text.size(), in_form_of(atom.text, found->second)});
    }
    return edits;
}

bool is_decimal(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto point = text.find('.');
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (point == std::string_view::npos) return digits(text);
    return digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

double number(std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool same(const Leaf& leaf, const Recorded::Value& value) {
    if (leaf.number != value.number) return false;
    if (!leaf.number) return leaf.value == value.text;
    return is_decimal(value.text) && number(leaf.value) == number(value.text);
}

bool same(const std::vector<Leaf>& leaves, const Recorded& recorded) {
    return recorded.whole && recorded.steady &&
           std::ranges::equal(leaves, recorded.values, [](const Leaf& leaf, const Recorded::Value& value) {
               return same(leaf, value);
           });
}

// The word before the first bracket: plan.take(0, 1) calls take.
std::string called_function(std::string_view text) {
    const auto open = text.find('(');
    if (open == std::string_view::npos) return {};
    std::size_t from = open;
    while (from > 0 &&
           (std::isalnum(static_cast<unsigned char>(text[from - 1])) != 0 || text[from - 1] == '_'))
        --from;
    return std::string(text.substr(from, open - from));
}

// A computed value as source text in the form of what it replaces.
std::optional<std::string> written(std::string_view value, const Leaf& leaf, std::string_view old) {
    if (!leaf.number) return string_token(value, old);
    std::string text(value);
    // Behind the old number may stand a letter that wants a decimal point.
    if (leaf.value.contains('.') && !text.contains('.')) text += ".0";
    return text;
}

// Words and blanks: what a person is told.
bool is_phrase(const std::vector<Leaf>& leaves) {
    if (leaves.size() != 1 || leaves.front().number) return false;
    const std::string_view text = leaves.front().value;
    return text.contains(' ') &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isalpha(c) != 0 || c == ' '; });
}

bool is_expected(const Side& side, const std::map<std::size_t, Recorded>& recorded, std::size_t comparison) {
    const auto seen = recorded.find(comparison);
    return seen != recorded.end() && same(side.leaves, seen->second);
}

std::string_view folder_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

}  // namespace

std::string with_drawn(std::string_view text, CodeLanguage language, const Draw& draw,
                       const std::vector<Span>& kept) {
    return edited(text, drawn_edits(text, language, draw, kept));
}

Result<RecordedTests> RecordedTests::learn(const CodeTask& task, CodeLanguage language, const RunTests& run) {
    RecordedTests tests(task.tests, language);
    std::vector<std::vector<Side>> sides;
    std::map<std::size_t, std::vector<Span>> labels;
    for (std::size_t file = 0; file < task.tests.size(); ++file) {
        const auto& [path, content, executable] = task.tests[file];
        if (!is_source_path(path, language)) continue;
        auto found = find_comparisons(content, language);
        labels[file] = std::move(found.labels);
        for (auto& comparison : found.list) {
            const auto text =
                std::string_view(content).substr(comparison.computed.at, comparison.computed.size);
            tests.known_.push_back(
                {file, comparison.computed, called_function(text), std::move(comparison.given), {}});
            sides.push_back(std::move(comparison.others));
        }
    }
    if (tests.known_.empty())
        return Error(Code::kUnsupported, "its tests compare nothing that they compute with a constant");
    const auto recorded = TRY(tests.first_run(task, run));
    std::vector<Known> known;
    for (std::size_t i = 0; i < sides.size(); ++i) {
        auto& phrases = labels[tests.known_[i].file];
        for (const auto& side : sides[i])
            if (side.constant && is_phrase(side.leaves) && !is_expected(side, recorded, i))
                phrases.push_back(side.span);
    }
    for (std::size_t i = 0; i < sides.size(); ++i) {
        const auto seen = recorded.find(i);
        if (seen == recorded.end()) continue;
        const auto side =
            std::ranges::find_if(sides[i], [&](const Side& each) { return same(each.leaves, seen->second); });
        if (side == sides[i].end()) continue;
        auto& entry = tests.known_[i];
        auto& kept = tests.kept_.try_emplace(entry.file, labels[entry.file]).first->second;
        // What else is constant in that call says what it is about; beside a value without constants only a text surely does.
        for (const auto& other : sides[i]) {
            const bool text = !other.leaves.empty() && !other.leaves.front().number;
            if (other.constant && other.span != side->span && (text || !side->leaves.empty()))
                kept.push_back(other.span);
        }
        entry.expected = side->leaves;
        known.push_back(std::move(entry));
    }
    tests.known_ = std::move(known);
    if (std::ranges::none_of(tests.known_, [](const Known& each) { return !each.expected.empty(); }))
        return Error(Code::kUnsupported,
                     "no value that its tests compute was seen to be a constant of theirs");
    return tests;
}

Result<std::map<std::size_t, Recorded>> RecordedTests::first_run(const CodeTask& task,
                                                                 const RunTests& run) const {
    CodeTask recorded = task;
    recorded.tests = recording_tests({}, {});
    const auto first = TRY(run(recorded));
    if (!first.passed)
        return Error(Code::kUnsupported, "its tests do not pass when what they compute is recorded");
    return read_record(first.record);
}

std::vector<CodeFile> RecordedTests::recording_tests(const Draw& draw, const Results& results) const {
    auto tests = texts_of(draw, results, true);
    std::map<std::string, std::string> beside;
    // Beside the test for an include, at the top for a module.
    for (const auto& known : known_)
        for (const auto folder : {folder_of(tests_[known.file].path), std::string_view()})
            for (auto& [path, content] : recorder_files(language_, folder))
                beside[path] = content;
    for (auto& [path, content] : beside)
        tests.push_back({path, content});
    return tests;
}

std::vector<Atom> RecordedTests::atoms() const {
    std::vector<Atom> atoms;
    for (const auto& [file, kept] : kept_)
        for (const auto& atom : atoms_of_code(tests_[file].content, language_))
            if (!is_within(atom.at, kept)) atoms.push_back(atom);
    return atoms;
}

std::string RecordedTests::text_of(std::size_t file, const Draw& draw, const Results& results,
                                   bool record) const {
    const std::string_view text = tests_[file].content;
    const auto kept = kept_.find(file);
    std::vector<Edit> edits;
    if (kept != kept_.end()) edits = drawn_edits(text, language_, draw, kept->second);
    bool any = false;
    for (std::size_t i = 0; i < known_.size(); ++i) {
        const auto& known = known_[i];
        if (known.file != file) continue;
        any = true;
        if (record) {
            const auto open = recording(i, "");
            edits.push_back({known.computed.at, 1, text.size() - known.computed.size, 0,
                             open.substr(0, open.size() - 1)});
            edits.push_back({known.computed.at + known.computed.size, 0, known.computed.size, 0, ")"});
        }
        const auto result = results.find(i);
        if (result == results.end()) continue;
        for (std::size_t at = 0; at < known.expected.size(); ++at) {
            const auto& leaf = known.expected[at];
            auto value = written(result->second[at], leaf, text.substr(leaf.at, leaf.size));
            if (value) edits.push_back({leaf.at, 2, 0, leaf.size, std::move(*value)});
        }
    }
    auto result = edited(text, std::move(edits));
    if (!any || !record) return result;
    return recorder_opening(language_) + result + recorder_ending(language_);
}

std::vector<CodeFile> RecordedTests::texts_of(const Draw& draw, const Results& results, bool record) const {
    auto tests = tests_;
    for (std::size_t file = 0; file < tests.size(); ++file)
        tests[file].content = text_of(file, draw, results, record);
    return tests;
}

std::vector<CodeFile> RecordedTests::tests(const Draw& draw, const Results& results) const {
    return texts_of(draw, results, false);
}

std::string RecordedTests::drawn_value(const Known& known, const Leaf& leaf, const Draw& draw) const {
    if (is_within(leaf.at, kept_.at(known.file))) return leaf.value;
    const bool negative = leaf.number && leaf.value.starts_with('-');
    const std::string_view text = std::string_view(leaf.value).substr(negative ? 1 : 0);
    return (negative ? "-" : "") + drawn_text(text, draw);
}

Result<std::optional<RecordedTests::Results>> RecordedTests::settle(CodeTask task, const Draw& draw,
                                                                    const RunTests& run) const {
    Results results;
    for (int round = 0; round < kRounds; ++round) {
        task.tests = recording_tests(draw, results);
        const auto ran = TRY(run(task));
        if (ran.passed) return std::optional(std::move(results));
        const auto record = read_record(ran.record);
        if (!record) return std::optional<Results>();
        bool changed = false;
        for (const auto& [number, seen] : *record) {
            if (number >= known_.size()) return std::optional<Results>();
            const auto& expected = known_[number].expected;
            const auto now = results.find(number);
            std::vector<std::string> values;
            bool fits = seen.whole && seen.steady && seen.values.size() == expected.size();
            bool differs = false;
            for (std::size_t i = 0; fits && i < expected.size(); ++i) {
                Leaf leaf = expected[i];
                leaf.value = now == results.end() ? drawn_value(known_[number], leaf, draw) : now->second[i];
                fits = seen.values[i].number == leaf.number &&
                       (leaf.number ? is_decimal(seen.values[i].text)
                                    : string_token(seen.values[i].text, "\"").has_value());
                differs = differs || !same(leaf, seen.values[i]);
                values.push_back(seen.values[i].text);
            }
            if (!fits || !differs) continue;
            results[number] = std::move(values);
            changed = true;
        }
        if (!changed) break;
    }
    return std::optional<Results>();
}

}  // namespace hearth::eval::detail
