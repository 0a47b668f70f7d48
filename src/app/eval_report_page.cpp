#include "app/eval_report_page.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <string_view>

#include "core/ids.h"
#include "core/text.h"
#include "eval/run_outcomes.h"
#include "eval/variant_id.h"
#include "eval/version_lines.h"
#include "os/files.h"

namespace hearth::app {
namespace {

std::string kept_text(const std::filesystem::path& file) {
    const auto text = os::read_file(file);
    return text ? *text : std::string();
}

// What came first; what was asked, which is much alike for all arms, at the end.
std::string trajectory_of(const eval::AttemptOutcome& outcome) {
    std::string came;
    std::string asked;
    for (std::size_t i = 1; i <= outcome.tries.size(); ++i) {
        const auto place = std::filesystem::path(outcome.folder) / fmt::format("try-{}", i);
        const auto add = [&](std::string& text, std::string_view name) {
            const auto kept = kept_text(place / name);
            if (!trim(kept).empty()) text += fmt::format("--- try {}: {}\n{}\n", i, name, kept);
        };
        for (const auto* name : {"stdout.txt", "stderr.txt", "tests.txt"})
            add(came, name);
        add(asked, "prompt.md");
    }
    return came + asked;
}

// Names tasks such that one name is one text.
class TaskNames {
public:
    // Of a task in a run; the first text that is seen keeps the plain name.
    std::string name(const std::string& task, const std::string& text, std::int64_t run) {
        auto& names = names_[task];
        const auto known = names.find(text);
        if (known != names.end()) return known->second;
        const auto name = names.empty() ? task : fmt::format("{} (as in run {})", task, run);
        return names.emplace(text, name).first->second;
    }

private:
    std::map<std::string, std::map<std::string, std::string>> names_;  // by task and text
};

eval::ReportAttempt shown_attempt(const eval::AttemptRecord& attempt) {
    const auto& outcome = attempt.outcome;
    return {.passed = outcome.passed,
            .seconds = outcome.seconds,
            .prompt_tokens = outcome.tokens ? outcome.tokens->prompt.value : 0,
            .generated_tokens = outcome.tokens ? outcome.tokens->generated.value : 0,
            .joules = outcome.joules,
            .label = fmt::format("seed {}", attempt.cell.seed),
            .failure = outcome.passed ? std::string() : std::string(eval::failure_name(outcome.failure)),
            .trajectory = trajectory_of(outcome),
            .diff = kept_text(std::filesystem::path(outcome.folder) / "changes.diff")};
}

std::string arm_name(const std::string& contender, std::int64_t run, bool several) {
    return several ? fmt::format("{}, run {}", contender, run) : contender;
}

// The arm of this name, which is added where there is none; so is a task below.
eval::ReportArm& arm_named(eval::ReportData& data, const std::string& name, std::size_t run, bool yardstick) {
    const auto arm = std::ranges::find(data.arms, name, &eval::ReportArm::name);
    if (arm != data.arms.end()) return *arm;
    return data.arms.emplace_back(
        eval::ReportArm{.name = name, .tasks = {}, .run = run, .yardstick = yardstick});
}

eval::ReportTask& task_named(eval::ReportArm& arm, const std::string& name) {
    const auto task = std::ranges::find(arm.tasks, name, &eval::ReportTask::name);
    if (task != arm.tasks.end()) return *task;
    return arm.tasks.emplace_back(eval::ReportTask{name, {}});
}

}  // namespace

eval::ReportData report_data(const std::vector<eval::RunResults>& shown,
                             const std::vector<eval::RunResults>& all) {
    eval::ReportData data;
    std::vector<std::string> numbers;
    std::vector<std::string> suites;
    TaskNames names;
    const bool several = shown.size() > 1;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto& [run, attempts] = shown[i];
        numbers.push_back(std::to_string(run.id));
        if (std::ranges::find(suites, run.plan.suite) == suites.end()) suites.push_back(run.plan.suite);
        if (several) data.runs.push_back(fmt::format("run {}", run.id));
        const auto texts = eval::task_texts(run.plan);
        for (const auto& attempt : attempts) {
            if (!attempt.finished) continue;
            // Variants are an arm of their own, so that the page pairs them with their originals.
            const auto variant = eval::parse_variant_name(attempt.cell.task);
            const auto contender = eval::contender(attempt.cell) +
                                   (variant.variation.empty() ? std::string() : ", " + variant.variation);
            const auto name = arm_name(contender, run.id, several);
            auto& arm = arm_named(data, name, i, eval::is_yardstick(attempt.cell));
            const auto text = texts.find(attempt.cell.task);
            const auto task_name =
                variant.variation.empty()
                    ? names.name(attempt.cell.task, text == texts.end() ? std::string() : text->second,
                                 run.id)
                    : variant.original;
            task_named(arm, task_name).attempts.push_back(shown_attempt(attempt));
        }
    }
    const auto newest = std::ranges::max_element(shown, {}, [](const auto& each) { return each.run.id; });
    data.title = fmt::format("Run{} {}", several ? "s" : "", join(numbers, ", "));
    data.suite = join(suites, ", ");
    data.when = iso_time(newest->run.created_ms).substr(0, 10);
    data.comparisons = eval::compare_runs(shown);
    data.versions = eval::version_lines(*newest, all);
    for (auto& line : data.versions) {
        const auto name = arm_name(line.name, newest->run.id, several);
        const auto arm = std::ranges::find(data.arms, name, &eval::ReportArm::name);
        line.arm = static_cast<std::size_t>(arm - data.arms.begin());
    }
    return data;
}

}  // namespace hearth::app
