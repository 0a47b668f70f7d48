#include "scaffold/candidate_plan.h"

#include <algorithm>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

// Files up to this many lines are rewritten whole; in longer ones just the definition.
constexpr std::size_t kWholeFileLines = 45;

AnswerForm first_form(const Project& project, const Target& target) {
    const auto* file = project.find(target.file);
    if (file == nullptr) return AnswerForm::kAnyFiles;
    const bool short_file = split_lines(file->content).size() <= kWholeFileLines;
    return short_file || target.definition.empty() ? AnswerForm::kWholeFile : AnswerForm::kDefinition;
}

AnswerForm other_form(AnswerForm form, const Target& target) {
    if (form == AnswerForm::kDefinition) return AnswerForm::kWholeFile;
    return target.definition.empty() ? AnswerForm::kExplainFirst : AnswerForm::kDefinition;
}

}  // namespace

std::vector<Round> plan_rounds(const PlanInput& input) {
    if (input.targets.empty()) return {{Target{}, AnswerForm::kAnyFiles, 1, 0.0}};
    const auto& main = input.targets.front();
    const auto form = first_form(input.project, main);
    const int batch = std::max(input.batch, 1);
    // The second place matters when it is nearly as likely as the first.
    const bool has_second =
        input.targets.size() > 1 && input.targets[1].score > 0 && input.targets[1].score * 3 >= main.score;
    const auto& second = has_second ? input.targets[1] : main;
    const auto second_form = has_second ? first_form(input.project, second) : other_form(form, main);
    if (input.turn == 1) {
        return {{main, form, 1, 0.0}, {main, form, batch, 0.7}, {second, second_form, batch, 0.6}};
    }
    if (input.restarts == 0) {  // the last attempt and its failure stand in the context
        return {{main, form, 1, 0.0}, {main, form, batch, 0.8}};
    }
    const double warmer = std::min(1.1, 0.8 + 0.1 * input.restarts);
    return {{main, AnswerForm::kExplainFirst, batch, warmer - 0.2}, {second, second_form, batch, warmer}};
}

}  // namespace hearth::scaffold
