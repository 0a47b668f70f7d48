#include "app/code_models.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "app/model_access.h"
#include "app/server_address.h"
#include "chat/guarded_provider.h"
#include "chat/openai_provider.h"
#include "chat/thinking_provider.h"
#include "core/json.h"
#include "net/http_client.h"

namespace hearth::app {
namespace {

constexpr std::int64_t kContext = 8192;
constexpr std::chrono::seconds kServerTime(5);
constexpr std::string_view kLocal = "hearth";
constexpr std::string_view kServer = "server";

Tokens most_answer(std::int64_t context) { return {std::max<std::int64_t>(context / 4, 256)}; }

Result<json::value> get_json(const net::Address& address, const std::string& target) {
    const auto response =
        TRY(net::exchange(address, {.method = "GET", .target = target, .headers = {}, .body = ""},
                          {.total_timeout = kServerTime}));
    if (response.status != 200)
        return Error(Code::kUnavailable,
                     fmt::format("{} answered with HTTP status {}", target, response.status));
    return parse_json(response.body);
}

// "hearth/qwen2.5-coder:1.5b" and "qwen2.5-coder:1.5b" are the same; a level of thinking behind it is not ours.
bool is_named(const agent::ModelInfo& model, std::string_view word) {
    return word == model.id || word == model.provider + "/" + model.id;
}

}  // namespace

// An installed model, whose engine is started by its first request.
class CodeModels::LocalModel final : public chat::Provider {
public:
    LocalModel(CodeModels& models, std::string name, Tokens window)
        : models_(models), name_(std::move(name)), window_(window) {}

    Result<chat::Reply> stream(const chat::Request& request, const chat::EventSink& sink,
                               std::stop_token stop) override {
        auto* engine = TRY(models_.start(name_, stop));
        window_ = engine->context_window();
        return engine->stream(request, sink, std::move(stop));
    }

    Result<Tokens> count_tokens(std::string_view text) override {
        return TRY(models_.start(name_, {}))->count_tokens(text);
    }

    [[nodiscard]] Tokens context_window() const override { return window_; }

private:
    CodeModels& models_;
    std::string name_;
    Tokens window_;
};

CodeModels::CodeModels(const os::Paths& paths, CodeModelsRequest request, engine::LoadSink loading)
    : paths_(paths), request_(std::move(request)), loading_(std::move(loading)) {}

CodeModels::~CodeModels() = default;

Result<std::vector<agent::ModelInfo>> CodeModels::list() {
    if (!listed_.empty()) return listed_;
    if (!request_.server.empty()) {
        listed_ = TRY(ask_server());
        return listed_;
    }
    auto installed = TRY(model_store().list());
    std::erase_if(installed, [](const auto& each) { return !each.complete; });
    std::sort(installed.begin(), installed.end(), [](const auto& a, const auto& b) {
        return a.size != b.size ? a.size > b.size : a.name < b.name;
    });
    const auto context = request_.context.value_or(kContext);
    for (const auto& each : installed)
        listed_.push_back({std::string(kLocal), each.name, "", {context}, most_answer(context)});
    return listed_;
}

// llama-server says how large its window is; where a server does not, the request or the smallest sensible one counts.
Result<std::vector<agent::ModelInfo>> CodeModels::ask_server() {
    const auto address = TRY(parse_server_address(request_.server));
    const auto url = address_words(address) + "/v1";
    auto context = request_.context;
    if (!context) {
        if (const auto props = get_json(address, "/props")) {
            if (const auto* settings = member(*props, "default_generation_settings"))
                context = integer_member(*settings, "n_ctx");
        }
    }
    const Tokens window{context.value_or(kContext)};
    std::vector<agent::ModelInfo> models;
    const auto listed = get_json(address, "/v1/models");
    if (!listed && request_.model.empty())
        return listed.error().with_context(fmt::format("the models of {}", request_.server));
    if (const auto* data = listed ? array_member(*listed, "data") : nullptr) {
        for (const auto& each : *data) {
            if (const auto id = string_member(each, "id"))
                models.push_back(
                    {std::string(kServer), std::string(*id), url, window, most_answer(window.value)});
        }
    }
    if (models.empty())
        models.push_back({std::string(kServer), request_.model, url, window, most_answer(window.value)});
    return models;
}

Result<agent::ModelInfo> CodeModels::first() {
    if (request_.server.empty() && !request_.model.empty()) {
        const auto& word = request_.model;
        const auto name = word.starts_with("hearth/") ? word.substr(7) : word;
        const auto model = TRY(model_store().find(name));
        const auto context = request_.context.value_or(kContext);
        return agent::ModelInfo{std::string(kLocal), model.name, "", {context}, most_answer(context)};
    }
    const auto models = TRY(list());
    if (models.empty()) {
        return Error(Code::kNotFound, "no model is installed: get one with `hearth pull qwen2.5-coder:1.5b`");
    }
    if (request_.model.empty()) return models.front();
    const auto found = std::find_if(models.begin(), models.end(), [&](const agent::ModelInfo& each) {
        return is_named(each, request_.model);
    });
    if (found != models.end()) return *found;
    return Error(Code::kNotFound, fmt::format("{} has no model '{}'", request_.server, request_.model));
}

Result<chat::Provider*> CodeModels::open(const agent::ModelInfo& model) {
    const auto found =
        std::find_if(ways_.begin(), ways_.end(), [&](const Way& way) { return way.id == model.id; });
    if (found != ways_.end()) return found->provider.get();
    std::unique_ptr<chat::Provider> provider;
    if (model.provider == kLocal) {
        provider = std::make_unique<LocalModel>(*this, model.id, model.context_window);
    } else {
        chat::OpenAiEndpoint endpoint;
        endpoint.address = TRY(parse_server_address(request_.server));
        endpoint.model = model.id;
        endpoint.context_window = model.context_window;
        provider = chat::make_openai_provider(std::move(endpoint));
    }
    if (request_.thinking_budget)
        provider = chat::make_thinking_provider(std::move(provider), {.budget = {*request_.thinking_budget}});
    provider = chat::make_guarded_provider(std::move(provider), request_.secrets);
    return ways_.emplace_back(model.id, std::move(provider)).provider.get();
}

Result<EngineProvider*> CodeModels::start(const std::string& name, std::stop_token stop) {
    if (engine_ && engine_model_ == name) return engine_.get();
    engine_.reset();
    const auto model = TRY(model_store().find(name));
    engine::ServeOptions options;
    options.context = {request_.context.value_or(kContext)};
    options.slots = 1;
    engine_ = TRY(EngineProvider::open(paths_, model, options, loading_, std::move(stop)));
    engine_model_ = name;
    return engine_.get();
}

}  // namespace hearth::app
