#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "eval/ranking.h"

namespace hearth::eval {

enum class Verdict {
    kKeep,
    kTooFewRuns,  // not run often enough to say
    kSaturated,   // an arm passed it every time: belongs among the regression tasks, which are run seldom
    kHopeless,    // no arm ever passed it: belongs among the stretch tasks
};

struct TaskDifficulty {
    std::string task;
    std::size_t runs = 0;    // of all arms
    double best_rate = 0;    // of the arm that passes it most often
    double information = 0;  // p (1 - p) of all runs together, 0 to 0.25: what one more run tells
    Verdict verdict = Verdict::kKeep;
};

struct CalibrationRule {
    std::size_t least_runs = 10;  // before a task is judged
    double highest_rate = 0.70;   // of the best arm on the suite, so that there is room to differ
};

struct Calibration {
    std::vector<TaskDifficulty> tasks;  // in the order of their first appearance
    std::string best_arm;
    double rate_now = 0;              // of the best arm
    double rate_after = 0;            // the same without what is proposed for retirement
    std::vector<std::string> retire;  // saturated and hopeless tasks
    bool needs_harder_tasks = false;  // the rate after is still above the highest
};

// Which tasks still tell arms apart. A proposal only: nothing is removed. A task counts as saturated when one arm passed at least
// `least_runs` runs of it and never failed, and as hopeless when at least as many runs of all arms together failed. Pure.
[[nodiscard]] Calibration calibrate(const std::vector<Arm>& arms, const CalibrationRule& rule = {});

}  // namespace hearth::eval
