#include "scaffold/candidate_plan.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "scaffold/failing_tests.h"
#include "scaffold/gaps.h"
#include "scaffold/source_outline.h"
#include "scaffold/stubs.h"
#include "scaffold/suspect_lines.h"

namespace hearth::scaffold {
namespace {

// Rewriting a file costs its length in decoding; in longer ones than this just a definition is rewritten. A stub in a file of any
// length needs no more than its own lines.
constexpr std::size_t kShortFile = 40;
constexpr std::size_t kLongFile = 90;

constexpr std::size_t kStubFile = 150;  // several definitions of a longer one are written one by one

constexpr std::size_t kLinesFirst = 8;  // suspected lines before the first batch of whole answers
constexpr std::size_t kLinesLater = 12;
constexpr std::size_t kAllLines = 100'000;
constexpr std::size_t kGaps = 8;          // of a turn
constexpr std::size_t kFunctions = 4;     // of the likeliest file, asked for one by one
constexpr std::size_t kRewritten = 2;     // of these, written anew; the likeliest alone after a new start
constexpr std::size_t kTests = 3;         // that fail, each with the function that is worked on
constexpr std::size_t kLinesOfNamed = 5;  // of a function that the user named, which may also lack a feature

std::size_t line_count(const Project& project, const Target& target) {
    const auto* file = project.find(target.file);
    return file == nullptr ? 0 : split_lines(file->content).size();
}

// A definition of the target's file as it is now: for what was missing, the one that an answer wrote.
std::optional<Definition> written_definition(const ProjectFile& file, const Target& target) {
    const bool member = !target.missing.empty() && target.missing != target.definition;
    for (auto& each : outline(file.content, syntax_of(file.path))) {
        const bool found =
            member ? short_name(each.name) == target.missing && each.name.starts_with(target.definition)
                   : each.name == target.definition;
        if (found) return std::move(each);
    }
    return {};
}

// Of suspected lines, the first ones that stand in the target's definition.
std::vector<Target> within_definition(const Project& project, const Target& target, std::vector<Target> lines,
                                      std::size_t most) {
    const auto* file = project.find(target.file);
    if (file == nullptr) return {};
    const auto place = written_definition(*file, target);
    if (!place) return {};
    std::erase_if(lines, [&](const Target& each) {
        return each.file != target.file || *each.line <= place->first_line || *each.line > place->end_line;
    });
    if (lines.size() > most) lines.resize(most);
    return lines;
}

// Another blank file of the same name: the header of a source.
bool has_blank_partner(const Project& project, const Target& target) {
    const auto stem = [](std::string_view path) { return path.substr(0, path.rfind('.')); };
    return std::ranges::any_of(project.files, [&](const ProjectFile& file) {
        return file.role == FileRole::kSource && file.path != target.file &&
               stem(file.path) == stem(target.file) && is_blank_source(file.content, syntax_of(file.path));
    });
}

// The forms that suit a place, the likeliest first. Where the definition is a guess the model chooses it.
std::vector<AnswerForm> forms_for(const Project& project, const Target& target) {
    const auto lines = line_count(project, target);
    if (lines == 0) return {AnswerForm::kAnyFiles};
    const bool known = outline(project.find(target.file)->content, syntax_of(target.file)).size() > 1;
    // What has yet to be written is not explained first: a small model then stops behind the words.
    if (is_blank(target)) {
        // A source and its header are written together.
        const auto form = has_blank_partner(project, target) ? AnswerForm::kAnyFiles : AnswerForm::kWholeFile;
        return {form, form};
    }
    // What is written together fits together, and one answer for all costs one prompt. A short file may hold more that is unfinished.
    const bool together = lines <= kShortFile || (target.unwritten > 1 && lines <= kStubFile);
    if (target.stub && target.missing.empty() && (together || !known))
        return {AnswerForm::kWholeFile, AnswerForm::kWholeFile};
    if (target.certain && (known || !target.missing.empty()))
        return {AnswerForm::kDefinition, AnswerForm::kDefinition};
    if (lines <= kShortFile || !known) return {AnswerForm::kWholeFile, AnswerForm::kExplainFirst};
    if (lines <= kLongFile) return {AnswerForm::kWholeFile, AnswerForm::kOneDefinition};
    return {AnswerForm::kOneDefinition, AnswerForm::kExplainFirst};
}

// Where the user named several definitions of the file, the one to try beside the likeliest.
std::optional<Target> next_named(const Target& main) {
    if (main.also.empty()) return {};
    Target next = main;
    next.definition = main.also.front();
    return next;
}

class Planner {
public:
    explicit Planner(const PlanInput& input)
        : input_(input),
          main_(input.targets.front()),
          batch_(std::max(input.batch, 1)),
          forms_(forms_for(input.project, main_)),
          named_(next_named(main_)) {
        // The second place matters when it is nearly as likely as the first.
        const bool has_second = named_ || (input.targets.size() > 1 && input.targets[1].score > 0 &&
                                           input.targets[1].score * 3 >= main_.score);
        second_ = named_ ? *named_ : has_second ? input.targets[1] : main_;
        const auto form = forms_.front();
        focuses_ = failing_tests(input.project, input.report);
        second_form_ =
            has_second ? forms_for(input.project, second_).front()
                       : (form == AnswerForm::kDefinition || main_.stub ? AnswerForm::kExplainFirst : form);
    }

    std::vector<Round> first_turn() {
        // A first answer that mends something says little where all of it had to be written: sampled ones compete with it.
        add({.target = main_, .form = forms_.front(), .settles = !main_.stub});
        if (named_) add({.target = second_, .form = second_form_});
        add_lines(0, kLinesFirst);
        if (!main_.stub) add_lines_of(main_);
        if (named_) add_lines_of(second_);
        add_functions();
        add({.target = main_, .form = forms_.back(), .candidates = batch_, .temperature = 0.7});
        add_gaps(0);
        add_rewrites(kRewritten);
        add_lines(kLinesFirst, kLinesLater);
        add({.target = second_, .form = second_form_, .candidates = batch_, .temperature = 0.6});
        return std::move(plan_);
    }

    // The last attempt and its failure stand in the conversation.
    std::vector<Round> attempt_in_view() {
        add_failing_tests();
        // With its own attempt in view a model says it again, sampled or not.
        add({.target = main_,
             .form = forms_.front(),
             .candidates = batch_,
             .temperature = 0.8,
             .asked = Asked::kFromStart,
             .warns = true});
        if (named_) add({.target = second_, .form = second_form_, .candidates = batch_, .temperature = 0.7});
        add_lines(0, kLinesFirst);
        add({.target = main_, .form = forms_.back(), .candidates = batch_, .temperature = 0.8});
        add_gaps(0);
        if (main_.stub) add_lines_of(main_);
        return std::move(plan_);
    }

    // A model copies what it sees: a new start hides the attempt and only says how it failed.
    std::vector<Round> new_start() {
        const double warmer = std::min(1.1, 0.7 + 0.1 * input_.restarts);
        const auto first = main_.stub ? forms_.front() : AnswerForm::kExplainFirst;
        add({.target = main_,
             .form = first,
             .candidates = batch_,
             .temperature = warmer - 0.1,
             .warns = true});
        add_lines(kLinesFirst + kLinesLater * static_cast<std::size_t>(input_.restarts), kLinesLater);
        add({.target = second_,
             .form = second_form_,
             .candidates = batch_,
             .temperature = warmer,
             .warns = true});
        add_rewrites(1);
        add_gaps(kGaps * static_cast<std::size_t>(std::max(input_.restarts, 1)));
        return std::move(plan_);
    }

private:
    void add(Round round) { plan_.push_back(std::move(round)); }

    // One line may gain by chance; the next suspected ones are cheap, so all of them have their turn.
    void add_rounds(std::vector<Target> lines, Asked asked = Asked::kInTurn) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
            add({.target = std::move(lines[i]),
                 .form = AnswerForm::kLine,
                 .candidates = batch_,
                 .temperature = 0.8,
                 .settles = i + 1 == lines.size(),
                 .asked = asked});
        }
    }

    void add_gaps(std::size_t from) {
        if (!input_.gaps || main_.stub || !main_.missing.empty()) return;
        auto gaps = likely_gaps(input_.project, input_.targets, from + kGaps);
        gaps.erase(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(std::min(from, gaps.size())));
        add_rounds(std::move(gaps), Asked::kInGap);
    }

    // One function and one failing test at a time.
    void add_focused(const std::string& definition, std::string test) {
        if (test.empty()) return;
        Target target = main_;
        target.definition = definition;
        target.missing.clear();
        target.certain = true;
        add({.target = std::move(target),
             .form = AnswerForm::kDefinition,
             .candidates = batch_,
             .temperature = 0.7,
             .focus = std::move(test),
             .asked = Asked::kOfOneTest});
    }

    // Where nothing says which function is wrong, each likely one is asked for by itself.
    void add_functions() {
        if (main_.certain && !main_.stub) return add_focused(main_.definition, next_focus());
        if (main_.certain) return;
        for (std::size_t i = 0; i < std::min(main_.definitions.size(), kFunctions); ++i)
            add_focused(main_.definitions[i], next_focus());
    }

    // What has yet to be written has no body to hide.
    void add_rewrites(std::size_t most) {
        if (!input_.rewrites || main_.stub || !main_.missing.empty()) return;
        auto names = main_.definitions;
        if (main_.certain) names = {main_.definition};
        for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
            Target target = main_;
            target.definition = names[i];
            target.certain = true;
            add({.target = std::move(target),
                 .form = AnswerForm::kDefinition,
                 .candidates = batch_,
                 .temperature = 0.7,
                 .asked = Asked::kAnew});
        }
    }

    // The function that is worked on, as it is now, with each of the failing tests.
    void add_failing_tests() {
        const auto* file = input_.project.find(main_.file);
        const auto written = file == nullptr ? std::nullopt : written_definition(*file, main_);
        if (!written || written->is_class) return add_functions();
        for (std::size_t i = 0; i < std::min(focuses_.size(), kTests); ++i)
            add_focused(written->name, next_focus());
    }

    // One failing test after the other.
    std::string next_focus() {
        if (focuses_.empty()) return {};
        return focuses_[focus_++ % focuses_.size()];
    }

    [[nodiscard]] std::vector<Target> suspects(std::size_t most) const {
        return suspect_lines(input_.project, input_.targets, input_.report, most);
    }

    void add_lines(std::size_t from, std::size_t count) {
        // The lines of a certain definition were tried, or it has yet to be written.
        if (!input_.lines || main_.certain) return;
        auto lines = suspects(from + count);
        lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(from, lines.size())));
        add_rounds(std::move(lines));
    }

    void add_lines_of(const Target& target) {
        if (!input_.lines || !target.certain) return;
        add_rounds(within_definition(input_.project, target, suspects(kAllLines), kLinesOfNamed));
    }

    const PlanInput& input_;
    const Target& main_;
    int batch_;
    std::vector<AnswerForm> forms_;
    std::optional<Target> named_;
    Target second_;
    AnswerForm second_form_ = AnswerForm::kWholeFile;
    std::vector<std::string> focuses_;
    std::size_t focus_ = 0;
    std::vector<Round> plan_;
};

}  // namespace

std::vector<Round> plan_rounds(const PlanInput& input) {
    if (input.targets.empty()) return {{.form = AnswerForm::kAnyFiles}};
    Planner planner(input);
    if (input.turn == 1) return planner.first_turn();
    return input.fresh ? planner.new_start() : planner.attempt_in_view();
}

}  // namespace hearth::scaffold
