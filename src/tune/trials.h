#pragma once
#include <string>
#include <vector>

#include "engine/tuned_settings.h"
#include "tune/workload.h"

namespace hearth::tune {

// One setting that may be better than the plan's.
struct Trial {
    std::string setting;  // "speculation"
    std::string value;    // "ngram-simple, up to 48 tokens"
    engine::TunedSettings change;
    std::vector<Workload> workloads;  // that it can help or harm
};

// What decides which are worth a try.
struct TrialFacts {
    int cores = 1;
    int threads = 1;  // of the processor, which cores may have two of
    bool accelerator = false;
    int expert_layers = 0;
};

// The few that matter, those that gain the most on most machines first. Of one setting all values are tried, each against the best so
// far. Pure.
[[nodiscard]] std::vector<Trial> trials_for(const TrialFacts& facts);

}  // namespace hearth::tune
