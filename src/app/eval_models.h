#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "engine/supervisor.h"
#include "eval/runner.h"

namespace hearth::app {

struct EvalEngine {
    std::string server;           // an OpenAI-compatible server for all models; empty: engines of ours
    std::int64_t context = 8192;  // window of each slot
    int slots = 1;                // attempts at once
};

// Serves the models of a run, one after another. A model without a name is served by nothing.
[[nodiscard]] eval::ModelSource model_source(const EvalEngine& engine, engine::LoadSink progress);

// What a judge's answer says: the first "yes" or "no" that stands as a word, in letters of either case. Nothing when there
// is neither. Pure.
[[nodiscard]] std::optional<bool> verdict_of(std::string_view answer);

// Asks a model whether an answer is right. Errors of the judge: those of the provider, and kCorrupt when it says neither yes nor
// no; a verdict that did not come is not a "no". Threads: any number at once.
[[nodiscard]] eval::Judge model_judge(const std::string& server, const std::string& model);

}  // namespace hearth::app
