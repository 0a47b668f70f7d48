#include "eval/difficulty.h"

#include <algorithm>
#include <map>
#include <set>

namespace hearth::eval {
namespace {

struct Tally {
    std::size_t runs = 0;
    std::size_t passes = 0;
    double best_rate = 0;
    bool always_passed = false;  // by one arm, often enough
};

TaskDifficulty judge(const std::string& task, const Tally& tally, const CalibrationRule& rule) {
    const double rate = static_cast<double>(tally.passes) / static_cast<double>(tally.runs);
    TaskDifficulty difficulty{task, tally.runs, tally.best_rate, rate * (1 - rate), Verdict::kKeep};
    if (tally.always_passed) {
        difficulty.verdict = Verdict::kSaturated;
    } else if (tally.runs < rule.least_runs) {
        difficulty.verdict = Verdict::kTooFewRuns;
    } else if (tally.passes == 0) {
        difficulty.verdict = Verdict::kHopeless;
    }
    return difficulty;
}

}  // namespace

Calibration calibrate(const std::vector<Arm>& arms, const CalibrationRule& rule) {
    Calibration calibration;
    std::vector<std::string> order;
    std::map<std::string, Tally> tallies;
    const Arm* best = nullptr;
    for (const auto& arm : arms) {
        const double rate = mean_rate(arm.outcomes);
        if (best == nullptr || rate > calibration.rate_now) {
            best = &arm;
            calibration.rate_now = rate;
        }
        for (const auto& each : arm.outcomes) {
            if (each.passed.empty()) continue;
            const auto [place, is_new] = tallies.try_emplace(each.task);
            if (is_new) order.push_back(each.task);
            auto& tally = place->second;
            tally.runs += each.passed.size();
            tally.passes += each.passes();
            tally.best_rate = std::max(tally.best_rate, each.rate());
            if (each.passed.size() >= rule.least_runs && each.passes() == each.passed.size())
                tally.always_passed = true;
        }
    }
    std::set<std::string> retired;
    for (const auto& task : order) {
        calibration.tasks.push_back(judge(task, tallies.at(task), rule));
        const auto verdict = calibration.tasks.back().verdict;
        if (verdict != Verdict::kSaturated && verdict != Verdict::kHopeless) continue;
        calibration.retire.push_back(task);
        retired.insert(task);
    }
    if (best == nullptr) return calibration;
    calibration.best_arm = best->name;
    Outcomes left;
    for (const auto& each : best->outcomes)
        if (!retired.contains(each.task)) left.push_back(each);
    calibration.rate_after = mean_rate(left);
    calibration.needs_harder_tasks = calibration.rate_after > rule.highest_rate;
    return calibration;
}

}  // namespace hearth::eval
