#include "scaffold/candidate_plan.h"

#include <algorithm>

#include "core/text.h"
#include "scaffold/source_outline.h"
#include "scaffold/suspect_lines.h"

namespace hearth::scaffold {
namespace {

// Rewriting a file costs its length in decoding; in longer ones than this just a definition is rewritten. A stub in a file of any
// length needs no more than its own lines.
constexpr std::size_t kShortFile = 40;
constexpr std::size_t kLongFile = 90;

constexpr std::size_t kLinesFirst = 10;  // suspected lines before the first batch of whole answers
constexpr std::size_t kLinesLater = 12;
constexpr std::size_t kAllLines = 100'000;
constexpr std::size_t kLinesOfNamed = 5;  // of a function that the user named, which may also lack a feature

std::size_t line_count(const Project& project, const Target& target) {
    const auto* file = project.find(target.file);
    return file == nullptr ? 0 : split_lines(file->content).size();
}

// Of suspected lines, the first ones that stand in the target's definition.
std::vector<Target> within_definition(const Project& project, const Target& target, std::vector<Target> lines,
                                      std::size_t most) {
    const auto* file = project.find(target.file);
    if (file == nullptr) return {};
    const auto definitions = outline(file->content, syntax_of(target.file));
    const auto place = std::ranges::find(definitions, target.definition, &Definition::name);
    if (place == definitions.end()) return {};
    std::erase_if(lines, [&](const Target& each) {
        return each.file != target.file || *each.line <= place->first_line || *each.line > place->end_line;
    });
    if (lines.size() > most) lines.resize(most);
    return lines;
}

// The forms that suit a place, the likeliest first. Where the definition is a guess the model chooses it.
std::vector<AnswerForm> forms_for(const Project& project, const Target& target) {
    const auto lines = line_count(project, target);
    if (lines == 0) return {AnswerForm::kAnyFiles};
    const bool known = outline(project.find(target.file)->content, syntax_of(target.file)).size() > 1;
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

}  // namespace

std::vector<Round> plan_rounds(const PlanInput& input) {
    if (input.targets.empty()) return {{Target{}, AnswerForm::kAnyFiles, 1, 0.0}};
    const auto& main = input.targets.front();
    const auto forms = forms_for(input.project, main);
    const auto form = forms.front();
    const auto other = forms.back();
    const int batch = std::max(input.batch, 1);
    // The second place matters when it is nearly as likely as the first.
    const auto named = next_named(main);
    const bool has_second = named || (input.targets.size() > 1 && input.targets[1].score > 0 &&
                                      input.targets[1].score * 3 >= main.score);
    const auto& second = named ? *named : has_second ? input.targets[1] : main;
    const auto second_form = has_second
                                 ? forms_for(input.project, second).front()
                                 : (form == AnswerForm::kDefinition ? AnswerForm::kExplainFirst : form);
    std::vector<Round> plan;
    const auto add_lines = [&](std::size_t from, std::size_t count) {
        if (main.certain) return;  // the lines of that definition were tried, or it has yet to be written
        const auto lines = suspect_lines(input.project, input.targets, input.report, from + count);
        for (auto i = from; i < lines.size(); ++i)
            plan.push_back({lines[i], AnswerForm::kLine, batch, 0.8});
    };
    const auto add_lines_of = [&](const Target& target) {
        if (!target.certain || target.stub) return;
        for (auto& line : within_definition(
                 input.project, target, suspect_lines(input.project, input.targets, input.report, kAllLines),
                 kLinesOfNamed))
            plan.push_back({std::move(line), AnswerForm::kLine, batch, 0.8});
    };
    if (input.turn == 1) {
        plan.push_back({main, form, 1, 0.0});
        if (named) plan.push_back({second, second_form, 1, 0.0});
        add_lines(0, kLinesFirst);
        add_lines_of(main);
        if (named) add_lines_of(second);
        plan.push_back({main, other, batch, 0.7});
        add_lines(kLinesFirst, kLinesLater);
        plan.push_back({second, second_form, batch, 0.6});
        return plan;
    }
    if (input.restarts == 0) {  // the last attempt and its failure stand in the context
        plan.push_back({main, other, 1, 0.0});
        if (named) plan.push_back({second, second_form, 1, 0.0});
        add_lines(0, kLinesFirst);
        plan.push_back({main, form, batch, 0.8});
        return plan;
    }
    const double warmer = std::min(1.1, 0.8 + 0.1 * input.restarts);
    plan.push_back({main, AnswerForm::kExplainFirst, batch, warmer - 0.2});
    add_lines(kLinesFirst + kLinesLater * static_cast<std::size_t>(input.restarts), kLinesLater);
    plan.push_back({second, second_form, batch, warmer});
    return plan;
}

}  // namespace hearth::scaffold
