#pragma once
#include <cstddef>
#include <string>

#include "eval/power.h"

namespace hearth::app {

struct PowerQuestion {
    eval::Design design;  // tasks 0: not said
    double effect = 0.10;
    eval::Expectation expectation;
    std::string flips_from;  // "run 3", "given" or "assumed"
    std::string spread_from;
};

// What is taken as known, which difference the design finds, and how many tasks or seeds the effect takes. Pure.
[[nodiscard]] std::string render_power(const PowerQuestion& question);

// The same as one line of JSON; differences are shares from 0 to 1. Pure.
[[nodiscard]] std::string power_json(const PowerQuestion& question);

}  // namespace hearth::app
