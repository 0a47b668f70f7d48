#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "eval/outlook.h"
#include "eval/paired.h"
#include "eval/result_store.h"

namespace hearth::eval {

// A run with its attempts.
struct RunResults {
    RunRecord run;
    std::vector<AttemptRecord> attempts;
};

// One setting that two runs do not share. A side that does not tell it is empty.
struct SettingChange {
    std::string name;  // "seconds", "agent mine: command", "engine of m with oneshot"
    std::string before;
    std::string after;
};

struct TaskChange {
    TaskOutcomes before;
    TaskOutcomes after;
};

// A model with its agent in two runs.
struct ContenderChange {
    std::string name;
    Comparison comparison;           // base is the run before; only tasks whose text is the same in both
    double corrected_p = 1;          // Holm, over everything that was compared in one call
    bool separated = false;          // corrected p below alpha and an interval without 0
    std::vector<TaskChange> better;  // the largest change first, then by name
    std::vector<TaskChange> worse;
    Outlook outlook;
};

struct RunComparison {
    std::int64_t before = 0;  // numbers of the runs
    std::int64_t after = 0;
    std::vector<SettingChange> settings;
    std::vector<std::string> changed_tasks;  // in both with another text, and so left out
    std::vector<std::string> tasks_before;   // only in that run
    std::vector<std::string> tasks_after;
    std::vector<ContenderChange> contenders;
    std::vector<std::string> contenders_before;  // only in that run
    std::vector<std::string> contenders_after;
};

// The fingerprint of each task's text, as the run's plan tells it; empty for a plan that tells none.
[[nodiscard]] std::map<std::string, std::string> task_texts(const RunPlan& plan);

// The first run beside each of the others, contender by contender, paired by task. Fewer than two runs give nothing. Pure.
[[nodiscard]] std::vector<RunComparison> compare_runs(const std::vector<RunResults>& runs,
                                                      double alpha = 0.05);

}  // namespace hearth::eval
