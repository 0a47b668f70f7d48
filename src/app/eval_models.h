#pragma once
#include <stop_token>
#include <string>

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

// Asks a model whether an answer is right. Threads: any number at once.
[[nodiscard]] eval::Judge model_judge(const std::string& server, const std::string& model);

}  // namespace hearth::app
