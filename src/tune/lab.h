#pragma once
#include <cstdint>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "engine/tuned_settings.h"
#include "tune/workload.h"

namespace hearth::tune {

// One workload, once.
struct Sample {
    double value =
        0;  // more is better: tokens a second; of two users one by the seconds of the longest pause. 0: there was nothing to measure
    double seconds = 0;  // for all of it
    std::string answer;  // greedy, of one who was alone
};

// Where settings are tried. Threads: one owner.
class Lab {
public:
    virtual ~Lab() = default;

    // Runs the model with the plan and these settings laid over it.
    // Errors: kCancelled; kTimeout after `most_seconds` of asking; else how the engine failed.
    virtual Result<Sample> run(const engine::TunedSettings& settings, Workload workload, std::uint64_t seed,
                               double most_seconds, const std::stop_token& stop) = 0;

    // Seconds on a steady clock.
    virtual double now() = 0;
};

}  // namespace hearth::tune
