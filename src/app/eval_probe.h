#pragma once
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "eval/contamination.h"

namespace hearth::app {

// A line for each probe under its heading, in words that claim no more than the interval; empty without probes. Pure.
[[nodiscard]] std::string render_probes(const std::vector<eval::Probe>& probes);

// The same, an object for each. Pure.
[[nodiscard]] boost::json::array probes_json(const std::vector<eval::Probe>& probes);

}  // namespace hearth::app
