#pragma once
#include <string>
#include <vector>

#include "eval/gate.h"

namespace hearth::app {

// A model with its agent against its baseline.
struct GateVerdict {
    std::string name;
    eval::GateDecision decision;
};

// What the gate found: each verdict with its interval, then what it could have found and how often it is wrong. `rule` is the one that
// was asked for; its alpha is shared among the verdicts (judged_rule). Pure.
[[nodiscard]] std::string render_gate(const std::vector<GateVerdict>& verdicts, const eval::GateRule& rule);

// The same as a JSON list, with a line end. Pure.
[[nodiscard]] std::string gate_json(const std::vector<GateVerdict>& verdicts, const eval::GateRule& rule);

// The rule for one of `count` verdicts, such that all together raise no more false alarms than one would.
[[nodiscard]] eval::GateRule judged_rule(const eval::GateRule& rule, std::size_t count);

}  // namespace hearth::app
