#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/model_directory.h"
#include "app/engine_provider.h"
#include "core/known_secrets.h"
#include "engine/supervisor.h"
#include "os/paths.h"

namespace hearth::app {

struct CodeModelsRequest {
    std::string server;  // an OpenAI-compatible server in place of engines of ours; empty for none
    std::string
        model;  // that is wanted first, may be "provider/model"; empty: the largest, or the server's first
    std::optional<std::int64_t> context;  // window; without it what the server has, else 8192
    std::optional<std::int64_t> thinking_budget =
        {};  // tokens of thinking before an answer; empty: as a model does by itself
    std::shared_ptr<const KnownSecrets> secrets = {};  // that no model is told; may be none
};

// The models of `hearth code` for a session: those that are installed, as provider "hearth", or those of a server, as provider "server".
// One engine runs at a time: the first request for another model ends it.
class CodeModels final : public agent::ModelDirectory {
public:
    CodeModels(const os::Paths& paths, CodeModelsRequest request, engine::LoadSink loading);
    ~CodeModels() override;

    Result<std::vector<agent::ModelInfo>> list() override;
    Result<chat::Provider*> open(const agent::ModelInfo& model) override;

    // The one to begin with. Errors: kNotFound.
    Result<agent::ModelInfo> first();

private:
    class LocalModel;

    Result<std::vector<agent::ModelInfo>> ask_server();
    Result<EngineProvider*> start(const std::string& name, std::stop_token stop);

    const os::Paths& paths_;
    CodeModelsRequest request_;
    engine::LoadSink loading_;
    std::vector<agent::ModelInfo> listed_;

    struct Way {
        std::string id;
        std::unique_ptr<chat::Provider> provider;
    };

    std::vector<Way> ways_;
    std::unique_ptr<EngineProvider> engine_;  // of the model below; used by the thread of the request
    std::string engine_model_;
};

}  // namespace hearth::app
