#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/tuning_book.h"
#include "model/store.h"
#include "tune/tuner.h"

namespace hearth::app {

// What `hearth tune` did, for a person and as JSON. Pure.
struct TuneOutcome {
    std::string model;
    std::string model_key;
    std::string machine;  // identity
    std::string engine;
    tune::TuneReport report;
};

[[nodiscard]] std::string render_tuning(const TuneOutcome& outcome);
[[nodiscard]] std::string tuning_json(const TuneOutcome& outcome);

// What would be tried. Pure.
[[nodiscard]] std::string render_trials(const std::vector<tune::Trial>& trials);
[[nodiscard]] std::string trials_json(const std::vector<tune::Trial>& trials);

// The gains of what was kept: "speculation ngram-simple, up to 48 tokens: 1.31 x (1.22 to 1.40)". Pure.
[[nodiscard]] std::string gain_words(const tune::TuneReport& report);

// What is kept of a model on this machine; nothing where it was never tuned. Errors: when the machine cannot be read.
[[nodiscard]] Result<std::optional<engine::TuningRecord>> tuning_of(const model::InstalledModel& model);

// "batch 512 (found by hearth tune: 1.2 x ...)", or why it is not used. Pure.
[[nodiscard]] std::string tuning_words(const engine::TuningRecord& record);

}  // namespace hearth::app
