#pragma once
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "agent/loop.h"
#include "app/code_job.h"
#include "app/engine_provider.h"
#include "app/model_card.h"
#include "chat/provider.h"
#include "chat/thinking.h"
#include "core/result.h"
#include "engine/supervisor.h"
#include "os/paths.h"

namespace hearth::app {

// The model of one job, ready to be asked.
struct ModelInUse {
    std::unique_ptr<chat::Provider> provider;
    EngineProvider* engine = nullptr;  // when it is ours
    std::string name;
    std::string description;
    double load_seconds = 0;
    bool text_form = true;  // it answers in code blocks
    int candidates = kUsualCandidates;
    bool thinks = false;            // or may
    std::optional<ModelCard> card;  // by which it is worked with
    std::string card_line;          // which that is, and what follows from it; empty without any
    std::string key;                // engine::model_key() of what is ours
    // Of a model elsewhere: as its answers are written down, and how it is asked.
    std::string served_by = {};
    std::string model_id = {};
    std::string api = {};
    Tokens most_answer{0};
    chat::ThinkingLevel thinking = chat::ThinkingLevel::kOff;
};

// What the request names: a server (OpenAI-compatible), a model elsewhere, or an installed model, for which an engine of ours is started, which
// ends with the thread that calls this; without a name the largest that is installed.
// Errors: kInvalidInput for what is no address; kNotFound (model); what is wrong in models.json, of the provider and its key; those of the engine;
// kCancelled.
[[nodiscard]] Result<ModelInUse> model_in_use(const os::Paths& paths, const CodeRequest& request,
                                              const engine::LoadSink& loading, std::stop_token stop);

// How a run asks the model, beside the provider itself. A model elsewhere has room for longer answers.
void name_model(agent::LoopOptions& options, const ModelInUse& use);

}  // namespace hearth::app
