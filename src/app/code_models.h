#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model_directory.h"
#include "app/cloud_models.h"
#include "app/engine_provider.h"
#include "core/known_secrets.h"
#include "engine/supervisor.h"
#include "os/paths.h"
#include "remote/provider_book.h"
#include "resources/settings.h"

namespace hearth::app {

struct CodeModelsRequest {
    std::string server;  // an OpenAI-compatible server in place of engines of ours; empty for none
    std::string
        model;  // that is wanted first, may be "provider/model:level"; empty: the largest, or the server's first
    std::optional<std::int64_t> context;               // window; without it what the server has, else 8192
    std::optional<chat::ThinkingLevel> thinking = {};  // where `model` names no level
    std::optional<std::int64_t> thinking_budget =
        {};  // tokens before an answer, of an engine of ours or of `server`; empty: as a model does by itself
    std::shared_ptr<const KnownSecrets> secrets = {};  // that no model is told; may be none
};

// The models of `hearth code` for a session: those that are installed, as provider "hearth", or those of a server, as provider "server"; and
// those elsewhere (cloud_models.h), of which the ones that models.json names are listed.
// One engine runs at a time: the first request for another model of ours ends it.
class CodeModels final : public agent::ModelDirectory {
public:
    CodeModels(const os::Paths& paths, CodeModelsRequest request, engine::LoadSink loading);
    ~CodeModels() override;

    Result<std::vector<agent::ModelInfo>> list() override;
    Result<agent::ModelInfo> find(std::string_view provider, std::string_view id) override;
    Result<chat::Provider*> open(const agent::ModelInfo& model) override;

    // The providers elsewhere, read once. Errors: what is wrong in models.json.
    Result<const remote::ProviderBook*> book();

    // The one to begin with. Errors: kNotFound; what is wrong in models.json, when it is elsewhere.
    Result<agent::ModelInfo> first();

    // The one that settings name, to begin with in place of first(): of a provider that they name too it need not be listed, unless a server was
    // named. Nothing where it is not here. Errors: those of list().
    Result<std::optional<agent::ModelInfo>> first_of(const resources::Settings& settings);

    // Whether the model that was opened last is at hand (is_at_hand); true before any was. Threads: any.
    [[nodiscard]] bool uses_one_at_hand() const { return one_at_hand_; }

    // No model is sent images from here on. Called before a model is asked for.
    void block_images() { block_images_ = true; }

    // How long that is to think: as was asked for, as far as the model can; else as is usual for it.
    [[nodiscard]] chat::ThinkingLevel first_thinking() const { return thinking_; }

    // Something for the person about what was asked for and the model cannot do; empty for nothing.
    [[nodiscard]] const std::string& notice() const { return notice_; }

private:
    class LocalModel;

    [[nodiscard]] Result<std::vector<agent::ModelInfo>> ask_server() const;
    [[nodiscard]] Result<std::vector<agent::ModelInfo>> installed() const;
    Result<std::vector<agent::ModelInfo>> list_own();
    Result<agent::ModelInfo> first_own(const std::string& word);
    [[nodiscard]] agent::ModelInfo info(const remote::ModelOffer& offer) const;
    void settle_thinking(const agent::ModelInfo& model, std::optional<chat::ThinkingLevel> wished,
                         chat::ThinkingLevel usual);
    Result<EngineProvider*> start(const std::string& name, std::stop_token stop);

    const os::Paths& paths_;
    CodeModelsRequest request_;
    engine::LoadSink loading_;
    std::vector<agent::ModelInfo> own_;  // those that are installed, or the server's; empty: not known yet
    std::vector<agent::ModelInfo> listed_;

    std::optional<remote::ProviderBook> book_;
    chat::ThinkingLevel thinking_ = chat::ThinkingLevel::kOff;
    std::string notice_;
    bool block_images_ = false;
    std::atomic<bool> one_at_hand_ = true;

    struct Way {
        std::string author;
        std::unique_ptr<chat::Provider> provider;
    };

    std::vector<Way> ways_;
    std::unique_ptr<EngineProvider> engine_;  // of the model below; used by the thread of the request
    std::string engine_model_;
};

// Whether it is one of this machine, or of the server that a person named, and not of a provider elsewhere. Pure.
[[nodiscard]] bool is_at_hand(const agent::ModelInfo& model);

}  // namespace hearth::app
