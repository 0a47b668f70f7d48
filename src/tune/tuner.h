#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "tune/keep_rule.h"
#include "tune/lab.h"
#include "tune/trials.h"

namespace hearth::tune {

enum class Outcome : std::uint8_t {
    kKept,
    kNoGain,
    kHarm,       // a workload loses
    kUndecided,  // time or rounds ran out before it stood out
    kRuledOut,   // the engine failed
    kNotTried
};

struct TrialReport {
    Trial trial;
    Outcome outcome = Outcome::kNotTried;
    std::size_t rounds = 0;
    Gain overall;             // against the best before it; says something from one round on
    std::vector<Gain> gains;  // of trial.workloads
    bool same_answers = true;
    std::string note;  // how the engine failed
};

struct TuneReport {
    std::vector<TrialReport> trials;
    engine::TunedSettings settings;  // all that was kept
    double seconds = 0;
    bool stopped = false;
    bool out_of_time = false;  // some were not tried, or not to the end
};

struct TuneProgress {
    double fraction = 0;  // of the time there is
    std::string words;
};

using TuneSink = std::function<void(const TuneProgress&)>;

// Tries one setting after the other against the best so far, in paired rounds, and keeps what stands out (keep_rule.h). No round begins that would
// probably end after `seconds`. A stop, or the end of the time, leaves what was kept until then. A setting with which the engine crashes, hangs or takes more
// than four times as long is ruled out; should the engine crash with what was kept already, all of that is ruled out.
// Errors: when the model does not run as planned.
[[nodiscard]] Result<TuneReport> tune(Lab& lab, std::vector<Trial> trials, double seconds,
                                      const TuneSink& progress, const std::stop_token& stop,
                                      const Rule& rule = {});

}  // namespace hearth::tune
