#pragma once
#include <cstdint>
#include <string>

#include "capacity/planner.h"
#include "capacity/speed_model.h"
#include "model/architecture.h"

namespace hearth::capacity {

// What answers in daily use say about predictions of one kind: the mean and variance of r = ln(measured / predicted), where later ones count more.
//
// For each sample, with a = max(1/n, 1/20) of the n-th one and d = r - mean:
//     mean += a d;   variance = (1 - a) (variance + a d^2)
// (T. Finch, "Incremental calculation of weighted mean and variance", 2009, sections 4 and 9). While n is at most 20 these are the plain ones.
// From the eighth sample on d is bounded by three standard deviations, or 10 % where that is more, so that one odd answer moves little.
// A plain value; pure.
struct Correction {
    std::int64_t count = 0;
    double mean = 0;
    double variance = 0;

    // Numbers that are not positive, and ratios over 10 either way, are no samples: false.
    bool add(double measured, double predicted);
};

// The prediction with what was measured in mind: its middle times e^mean, and an interval for the next measurement,
//     exp(+-2 s sqrt(1 + 1/n)),   s^2 = (2 s0^2 + n variance) / (2 + n),
// where s0 = ln(1 + error) / 2 is what the prediction's own interval says; it counts as two samples (the scaled inverse chi-squared prior of
// Gelman et al., "Bayesian Data Analysis", 3rd ed., section 2.6), and n as at most 39, which is what the weights above sum up to. Never wider than the
// prediction's own interval. Without samples the prediction itself. Pure.
[[nodiscard]] Range corrected(const Range& predicted, const Correction& correction);

// Both halves of a request.
struct SpeedCorrection {
    Correction decode;
    Correction prefill;

    [[nodiscard]] bool empty() const { return decode.count == 0 && prefill.count == 0; }
};

// Corrects a plan's speeds and keeps the others in Plan::uncorrected. Without samples nothing changes. Pure.
void correct_speeds(Plan& plan, const SpeedCorrection& correction);

// The type that most bytes of a model's matrices have ("Q4_K"): models of one family and type are corrected together. Pure.
[[nodiscard]] std::string main_weight_type(const model::Architecture& model);

}  // namespace hearth::capacity
