#include "eval/version_lines.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "eval/run_outcomes.h"

namespace hearth::eval {
namespace {

std::string version_of(const RunPlan& plan) {
    const auto settings = parse_json(plan.settings);
    return settings ? std::string(string_member(*settings, "hearth").value_or("")) : std::string();
}

bool is_comparable(const RunResults& each, const RunResults& shown) {
    if (each.run.plan.suite != shown.run.plan.suite || each.run.plan.protocol != shown.run.plan.protocol ||
        each.run.finished != each.run.attempts)
        return false;
    const auto texts = task_texts(each.run.plan);
    return std::ranges::all_of(task_texts(shown.run.plan), [&texts](const auto& task) {
        const auto found = texts.find(task.first);
        return found != texts.end() && found->second == task.second;
    });
}

// The version where versions differ among the runs, else the day.
std::string note_of(const RunRecord& run, bool with_version) {
    const auto day = iso_time(run.created_ms).substr(0, 10);
    const auto version = version_of(run.plan);
    return with_version && !version.empty() ? version : day;
}

}  // namespace

std::vector<VersionLine> version_lines(const RunResults& shown, const std::vector<RunResults>& all) {
    std::vector<const RunResults*> runs;
    std::set<std::string> versions;
    for (const auto& each : all) {
        if (!is_comparable(each, shown)) continue;
        runs.push_back(&each);
        versions.insert(version_of(each.run.plan));
    }
    std::ranges::sort(runs, {}, [](const RunResults* each) { return each->run.id; });
    std::vector<VersionLine> lines;
    const auto arms = arms_of(shown.attempts);
    for (std::size_t i = 0; i < arms.size(); ++i) {
        VersionLine line{.name = arms[i].name, .points = {}, .arm = i};
        for (const auto* each : runs) {
            const auto then = arms_of(each->attempts);
            const auto same = std::ranges::find(then, arms[i].name, &Arm::name);
            if (same == then.end()) continue;
            Outcomes outcomes;
            for (const auto& task : same->outcomes)
                if (std::ranges::find(arms[i].outcomes, task.task, &TaskOutcomes::task) !=
                    arms[i].outcomes.end())
                    outcomes.push_back(task);
            line.points.push_back({.version = fmt::format("run {}", each->run.id),
                                   .rate = pass_rate(outcomes),
                                   .note = note_of(each->run, versions.size() > 1)});
        }
        if (line.points.size() > 1) lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace hearth::eval
