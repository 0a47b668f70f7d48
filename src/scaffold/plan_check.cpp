#include "scaffold/plan_check.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

#include "core/text.h"
#include "sandbox/protected_names.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kNamesShown = 12;

bool is_named(const std::vector<std::string>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& each) { return each == name || short_name(each) == name; });
}

// "a, b, c and 4 more".
std::string some_of(const std::vector<std::string>& names) {
    const std::vector<std::string> shown(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShown)));
    auto out = join(shown, ", ");
    if (names.size() > kNamesShown) out += fmt::format(" and {} more", names.size() - kNamesShown);
    return out;
}

class Checker {
public:
    Checker(const WorkPlan& plan, const Project& project, bool tests_stay)
        : plan_(plan), project_(project), tests_stay_(tests_stay) {}

    std::vector<std::string> run(const std::string& test_command) {
        if (plan_.goal.empty()) fault("Say the goal in one sentence.");
        if (plan_.files.empty()) fault("Name at least one file that changes.");
        for (const auto& file : plan_.files)
            check(file);
        check_steps();
        if (!test_command.empty() && plan_.tests != test_command)
            fault(fmt::format("The tests of this project are run by `{}`: put that into \"tests\".",
                              test_command));
        return std::move(faults_);
    }

private:
    void fault(std::string text) { faults_.push_back(std::move(text)); }

    void check(const PlannedFile& file) {
        const auto* known = project_.find(file.path);
        if (!sandbox::may_write(file.path) || file.path == kPlanFile) {
            fault(fmt::format("{} is protected and stays as it is: leave it out.", file.path));
        } else if (known == nullptr && !file.is_new) {
            std::vector<std::string> paths;
            for (const auto* each : project_.with_role(FileRole::kSource))
                paths.push_back(each->path);
            fault(fmt::format("There is no file {}. Name one of these, or say that it is new: {}.", file.path,
                              some_of(paths)));
        } else if (known != nullptr && file.is_new) {
            fault(fmt::format("{} exists already: name it as a file that changes.", file.path));
        } else if (tests_stay_ && role_of(file.path) == FileRole::kTest) {
            fault(fmt::format("{} is a test and stays as it is: name the code that it tests.", file.path));
        } else if (known != nullptr) {
            check_functions(file, *known);
        }
        if (file.why.size() < 8) fault(fmt::format("Say why {} changes.", file.path));
    }

    void check_functions(const PlannedFile& file, const ProjectFile& known) {
        // The names of a language without an outline are not known.
        if (syntax_of(file.path) == Syntax::kUnknown) return;
        const auto names = definition_names(known);
        for (const auto& name : file.functions) {
            if (is_named(names, name)) continue;
            fault(fmt::format(
                "{} has no function {}. {} If it is to be written, put it into "
                "\"new_functions\".",
                file.path, name,
                names.empty() ? std::string("It has none.") : fmt::format("It has: {}.", some_of(names))));
        }
        for (const auto& name : file.new_functions) {
            if (is_named(names, name))
                fault(fmt::format("{} has {} already: put it into \"functions\".", file.path, name));
        }
    }

    void check_steps() {
        if (plan_.steps.empty()) fault("Say at least one step.");
        for (const auto& step : plan_.steps) {
            if (!step.file.empty() && plan_.find(step.file) == nullptr)
                fault(
                    fmt::format("The step \"{}\" is about {}, which is not among the files of the plan: add "
                                "it there, or leave its \"file\" empty.",
                                step.text, step.file));
        }
        for (const auto& file : plan_.files) {
            const bool has_step =
                std::any_of(plan_.steps.begin(), plan_.steps.end(),
                            [&](const PlannedStep& step) { return step.file == file.path; });
            if (!plan_.steps.empty() && !has_step)
                fault(fmt::format("Say a step for {}, with that path as its \"file\".", file.path));
        }
    }

    const WorkPlan& plan_;
    const Project& project_;
    bool tests_stay_;
    std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> plan_faults(const WorkPlan& plan, const Project& project,
                                     const std::string& test_command, bool tests_stay) {
    return Checker(plan, project, tests_stay).run(test_command);
}

std::vector<std::string> definition_names(const ProjectFile& file) {
    std::vector<std::string> names;
    for (auto& definition : outline(file.content, syntax_of(file.path)))
        names.push_back(std::move(definition.name));
    return names;
}

}  // namespace hearth::scaffold
