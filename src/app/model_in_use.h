#pragma once
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "app/code_job.h"
#include "app/engine_provider.h"
#include "app/model_card.h"
#include "chat/provider.h"
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
};

// The server that the request names. Errors: kInvalidInput for what is no address.
[[nodiscard]] Result<ModelInUse> connect_server(const CodeRequest& request);

// An engine of ours with the installed model that the request names, or the largest.
// Errors: kNotFound (model), those of the engine, kCancelled. The engine ends with the thread that calls this.
[[nodiscard]] Result<ModelInUse> start_engine(const os::Paths& paths, const CodeRequest& request,
                                              const engine::LoadSink& loading, std::stop_token stop);

}  // namespace hearth::app
