#include "eval/redraw.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/text.h"
#include "eval/detail/constant_draw.h"
#include "eval/detail/recorded_tests.h"
#include "eval/detail/rewritten_instructions.h"
#include "eval/random.h"

namespace hearth::eval {
namespace {

using detail::CodeLanguage;
using detail::Draw;
using detail::RecordedTests;
using Group = std::vector<std::string>;  // constants that are drawn together: a number and its neighbours
using Groups = std::vector<Group>;
using KeySet = std::set<std::string>;

constexpr int kMaxSettles = 32;  // of one task; each is some test runs

// The source of a task and what is known of its constants.
struct Sources {
    KeySet solution;     // in code of the solution
    KeySet numbers;      // anywhere in the solution, in strings of every kind and in comments too
    KeySet unreachable;  // where nothing is replaced: names, paths, patterns, files that are no source
    KeySet told;         // words in comments of work/ and of the solution
};

class Reader {
public:
    Reader(const CodeTask& task, CodeLanguage language) : language_(language) {
        for (const auto* part : {&task.work, &task.tests, &task.solution})
            for (const auto& file : *part)
                read(file, part != &task.tests);
        for (const auto& file : task.solution) {
            if (!detail::is_source_path(file.path, language)) continue;
            for (const auto& atom : detail::atoms_of_code(file.content, language))
                sources_.solution.insert(detail::key_of(atom));
            add_atoms(file.content, sources_.numbers, true);
        }
        add_words(task.test_command, sources_.unreachable);
    }

    Sources take() { return std::move(sources_); }

private:
    static void add_atoms(std::string_view text, KeySet& keys, bool numbers_only = false) {
        for (const auto& atom : detail::atoms_of_text(text))
            if (atom.number || !numbers_only) keys.insert(detail::key_of(atom));
    }

    // The words in names too: read_meter is read and meter.
    static void add_words(std::string_view text, KeySet& keys) {
        std::string spaced;
        for (const char c : text)
            spaced += c == '_' || c == '/' || c == '.' || c == '-' ? ' ' : c;
        add_atoms(spaced, keys);
        keys.insert(to_lower_ascii(text));
    }

    void read(const CodeFile& file, bool is_seen) {
        add_words(file.path, sources_.unreachable);
        if (!detail::is_source_path(file.path, language_)) {
            add_atoms(file.content, sources_.unreachable);
            return;
        }
        for (const auto& token : detail::code_tokens(file.content, language_)) {
            if (token.kind == detail::TokenKind::kWord)
                sources_.unreachable.insert(to_lower_ascii(token.text));
            if (token.kind == detail::TokenKind::kComment && is_seen) add_atoms(token.text, sources_.told);
            if (token.kind == detail::TokenKind::kString && !detail::string_value(token, language_))
                add_atoms(token.text, sources_.unreachable);
        }
    }

    CodeLanguage language_;
    Sources sources_;
};

class Redrawer {
public:
    Redrawer(const CodeTask& task, CodeLanguage language, const RunTests& run)
        : task_(task), language_(language), run_(run) {}

    Result<RedrawnTask> redraw(std::uint64_t seed) {
        tests_ = TRY(RecordedTests::learn(task_, language_, run_));
        sources_ = Reader(task_, language_).take();
        words_ = detail::words_of_instructions(task_.instructions);
        choose(seed);
        if (draw_.empty()) return Error(Code::kUnsupported, "it has no constant that could be drawn anew");
        State state;
        TRY(grow(state, specification_, Wish::kAny, Place::kSpecification));
        if (!state.specification.empty() && !TRY(is_noticed(state))) state = {};
        // Before anything that changes results, so that "the same drawing" is all that these change.
        if (!state.computed_anew) TRY(grow(state, inputs_, Wish::kNoNewResults, Place::kExamples));
        TRY(grow(state, rest_of(inputs_, state.examples), Wish::kAny, Place::kTests));
        if (!is_felt(state))
            return Error(Code::kUnsupported,
                         fmt::format("its tests pass with none of {} constants drawn anew that they compare",
                                     draw_.size()));
        return finished(state);
    }

private:
    enum class Place { kSpecification, kExamples, kTests };
    enum class Wish { kAny, kNoNewResults };

    // What is drawn anew so far, and works.
    struct State {
        KeySet specification;
        KeySet examples;
        KeySet tests;
        RecordedTests::Results results;
        bool computed_anew = false;  // because of the specification

        [[nodiscard]] KeySet all() const {
            KeySet keys = specification;
            keys.insert(examples.begin(), examples.end());
            keys.insert(tests.begin(), tests.end());
            return keys;
        }

        KeySet& of(Place place) {
            if (place == Place::kSpecification) return specification;
            return place == Place::kExamples ? examples : tests;
        }
    };

    void choose(std::uint64_t seed) {
        KeySet wanted;
        KeySet fixed = sources_.unreachable;
        for (const auto& atom : tests_->atoms()) {
            const auto key = detail::key_of(atom);
            const bool known =
                sources_.solution.contains(key) || (atom.number && sources_.numbers.contains(key));
            if (known ? is_specification(key, atom.number) : is_input(key)) wanted.insert(key);
        }
        fixed.insert(sources_.numbers.begin(), sources_.numbers.end());
        fixed.insert(sources_.told.begin(), sources_.told.end());
        for (const auto* words : {&words_.code, &words_.prose, &words_.numbers})
            fixed.insert(words->begin(), words->end());
        for (const auto& key : wanted)
            fixed.erase(key);
        draw_ = detail::draw_constants(wanted, fixed, seed);
        group();
        Random random(seed, "order");
        random.shuffle(specification_);
        random.shuffle(inputs_);
    }

    [[nodiscard]] bool is_input(const std::string& key) const { return !sources_.unreachable.contains(key); }

    // Told to the model, in code of the solution, and nothing else there follows from it as far as can be seen.
    [[nodiscard]] bool is_specification(const std::string& key, bool number) const {
        if (sources_.unreachable.contains(key) || !sources_.solution.contains(key)) return false;
        if (!number)
            return words_.code.contains(key) && !words_.prose.contains(key) && !sources_.told.contains(key);
        if (!words_.numbers.contains(key) || detail::is_fact(key)) return false;
        const auto value = parse_number(key);
        return value && std::ranges::none_of(sources_.numbers, [&](const std::string& other) {
                   const auto also = parse_number(other);
                   return also && *also > 2 && *also != *value &&
                          (*also % *value == 0 || *value % *also == 0 || std::abs(*also - *value) == 1);
               });
    }

    // A border and the values beside it move together, or tests at that border would ask for something else.
    void group() {
        std::map<std::int64_t, Group> numbers;
        for (const auto& [key, value] : draw_) {
            auto& groups = sources_.solution.contains(key) ? specification_ : inputs_;
            const auto number = parse_number(key);
            if (number && !sources_.solution.contains(key))
                numbers[*number].push_back(key);
            else
                groups.push_back({key});
        }
        std::optional<std::int64_t> before;
        for (auto& [number, keys] : numbers) {
            if (before && number - *before == 1)
                inputs_.back().push_back(keys.front());
            else
                inputs_.push_back(std::move(keys));
            before = number;
        }
    }

    static Groups rest_of(const Groups& groups, const KeySet& without) {
        Groups rest;
        for (const auto& keys : groups)
            if (!without.contains(keys.front())) rest.push_back(keys);
        return rest;
    }

    [[nodiscard]] Draw draw_of(const KeySet& keys) const {
        Draw draw;
        for (const auto& key : keys)
            draw.emplace(key, draw_.at(key));
        return draw;
    }

    // Adds the groups that work: all at once, else by halves.
    Status grow(State& state, const Groups& groups, Wish wish, Place place) {
        if (groups.empty() || settles_ >= kMaxSettles) return {};
        ++settles_;
        State next = state;
        for (const auto& keys : groups)
            next.of(place).insert(keys.begin(), keys.end());
        if (TRY(works(next, wish, place))) {
            state = std::move(next);
            return {};
        }
        if (groups.size() == 1) return {};
        const auto middle = groups.begin() + static_cast<std::ptrdiff_t>(groups.size() / 2);
        TRY(grow(state, Groups(groups.begin(), middle), wish, place));
        return grow(state, Groups(middle, groups.end()), wish, place);
    }

    Result<bool> works(State& state, Wish wish, Place place) {
        auto results = TRY(tests_->settle(task_under(state), draw_of(state.all()), run_));
        if (!results) return false;
        if (wish == Wish::kNoNewResults && !results->empty()) return false;
        state.results = std::move(*results);
        if (place == Place::kSpecification) state.computed_anew = !state.results.empty();
        return instructions(state).has_value();
    }

    [[nodiscard]] std::vector<CodeFile> source_under(const std::vector<CodeFile>& files,
                                                     const Draw& draw) const {
        auto changed = files;
        for (auto& file : changed)
            if (detail::is_source_path(file.path, language_))
                file.content = with_comments(detail::with_drawn(file.content, language_, draw), draw);
        return changed;
    }

    // Numbers of the specification are told in comments too.
    [[nodiscard]] std::string with_comments(const std::string& text, const Draw& draw) const {
        Draw numbers = draw;
        std::erase_if(numbers, [](const auto& each) { return !detail::is_number_key(each.first); });
        std::string result;
        for (const auto& token : detail::code_tokens(text, language_)) {
            if (token.kind == detail::TokenKind::kComment)
                result += detail::drawn_text(token.text, numbers);
            else
                result += token.text;
        }
        return result;
    }

    [[nodiscard]] CodeTask task_under(const State& state) const {
        CodeTask task = task_;
        const auto draw = draw_of(state.specification);
        task.work = source_under(task_.work, draw);
        task.solution = source_under(task_.solution, draw);
        return task;
    }

    // What is given or expected somewhere is another one.
    [[nodiscard]] bool is_felt(const State& state) const {
        const auto draw = draw_of(state.all());
        return std::ranges::any_of(tests_->known(), [&](const RecordedTests::Known& known) {
            const auto changed = [&](const detail::Leaf& leaf) {
                return tests_->drawn_value(known, leaf, draw) != leaf.value;
            };
            return std::ranges::any_of(known.given, changed) || std::ranges::any_of(known.expected, changed);
        });
    }

    // Who still does what the old specification said must fail.
    Result<bool> is_noticed(const State& state) {
        CodeTask task = task_under(state);
        task.solution = task_.solution;
        task.tests = tests_->tests(draw_of(state.all()), state.results);
        return !TRY(run_(task)).passed;
    }

    [[nodiscard]] std::optional<std::string> instructions(const State& state) const {
        detail::InstructionChanges changes;
        changes.specification = draw_of(state.specification);
        changes.in_examples = draw_of(state.examples);
        changes.computed_anew = state.computed_anew;
        changes.numbers = sources_.numbers;
        changes.old = state.tests;
        const auto draw = draw_of(state.all());
        for (std::size_t i = 0; i < tests_->known().size(); ++i) {
            const auto& known = tests_->known()[i];
            detail::ProvenExample example{.function = known.function, .changes = {}};
            for (const auto& leaf : known.given)
                example.changes.push_back({leaf.number, leaf.value, tests_->drawn_value(known, leaf, draw)});
            const auto result = state.results.find(i);
            for (std::size_t at = 0; at < known.expected.size(); ++at) {
                const auto& leaf = known.expected[at];
                const auto value = result == state.results.end() ? tests_->drawn_value(known, leaf, draw)
                                                                 : result->second[at];
                example.changes.push_back({leaf.number, leaf.value, value});
                if (value != leaf.value && result != state.results.end())
                    for (const auto& atom : detail::atoms_of_text(leaf.value))
                        changes.old.insert(detail::key_of(atom));
            }
            if (std::ranges::any_of(example.changes,
                                    [](const auto& each) { return each.before != each.after; }))
                changes.examples.push_back(std::move(example));
        }
        return detail::rewritten_instructions(task_.instructions, changes);
    }

    [[nodiscard]] RedrawnTask finished(const State& state) const {
        RedrawnTask redrawn{.task = task_under(state), .constants = {}};
        redrawn.task.tests = tests_->tests(draw_of(state.all()), state.results);
        redrawn.task.instructions = instructions(state).value_or(task_.instructions);
        for (const auto& key : state.all())
            redrawn.constants.push_back({key, draw_.at(key), state.specification.contains(key)});
        return redrawn;
    }

    const CodeTask& task_;
    CodeLanguage language_;
    const RunTests& run_;
    std::optional<RecordedTests> tests_;
    Sources sources_;
    detail::InstructionWords words_;
    Draw draw_;
    Groups specification_;
    Groups inputs_;
    int settles_ = 0;
};

}  // namespace

Result<RedrawnTask> redraw_constants(const CodeTask& task, std::uint64_t seed, const RunTests& run) {
    const auto language = detail::code_language(task.language);
    if (!language)
        return Error(Code::kUnsupported,
                     fmt::format("constants can be drawn anew in python, cpp, c and javascript, not in '{}'",
                                 printable(task.language)));
    return Redrawer(task, *language, run).redraw(seed);
}

}  // namespace hearth::eval
