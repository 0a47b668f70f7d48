#include "app/code_models.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "app/code_settings.h"
#include "app/model_access.h"
#include "app/server_address.h"
#include "chat/guarded_provider.h"
#include "chat/hand_off.h"
#include "chat/openai_provider.h"
#include "chat/repetition_provider.h"
#include "chat/thinking_provider.h"
#include "core/json.h"
#include "core/text.h"
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

// "hearth/qwen2.5-coder:1.5b" and "qwen2.5-coder:1.5b" are the same.
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
    auto models = TRY(list_own());
    for (const auto& offer : TRY(book())->listed())
        models.push_back(info(offer));
    listed_ = std::move(models);
    return listed_;
}

Result<std::vector<agent::ModelInfo>> CodeModels::list_own() {
    if (own_.empty()) own_ = TRY(request_.server.empty() ? installed() : ask_server());
    return own_;
}

Result<std::vector<agent::ModelInfo>> CodeModels::installed() const {
    auto in_store = TRY(model_store().list());
    std::erase_if(in_store, [](const auto& each) { return !each.complete; });
    std::sort(in_store.begin(), in_store.end(), [](const auto& a, const auto& b) {
        return a.size != b.size ? a.size > b.size : a.name < b.name;
    });
    const auto context = request_.context.value_or(kContext);
    std::vector<agent::ModelInfo> models;
    for (const auto& each : in_store)
        models.push_back({std::string(kLocal), each.name, "", {context}, most_answer(context)});
    return models;
}

Result<const remote::ProviderBook*> CodeModels::book() { return read_book(paths_, book_); }

// --context makes the window of a model elsewhere smaller, too: each request then costs less.
agent::ModelInfo CodeModels::info(const remote::ModelOffer& offer) const {
    auto model = model_info(offer);
    model.sees = model.sees && !block_images_;
    if (request_.context) {
        model.context_window = std::min(model.context_window, Tokens{*request_.context});
        model.most_answer = std::min(model.most_answer, model.context_window);
    }
    return model;
}

Result<agent::ModelInfo> CodeModels::find(std::string_view provider, std::string_view id) {
    if (provider != kLocal && provider != kServer) {
        const auto* known = TRY(book());
        if (known->has(provider)) return info(TRY(known->find(provider, id)));
    }
    return ModelDirectory::find(provider, id);
}

// llama-server says how large its window is; where a server does not, the request or the smallest sensible one counts.
Result<std::vector<agent::ModelInfo>> CodeModels::ask_server() const {
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
    // "llama3:max" may be a model, and a file of a broken form is no matter for a model of ours.
    const auto word = parse_model_word(request_.model);
    const auto wished = word.thinking ? word.thinking : request_.thinking;
    if (request_.server.empty()) {
        if (const auto offer = TRY(offer_elsewhere(word.name, [this] { return book(); }))) {
            auto model = info(*offer);
            settle_thinking(model, wished, offer->usual_thinking);
            return model;
        }
    }
    auto model = first_own(request_.model);
    if (!model && word.thinking) model = first_own(word.name);
    if (model) settle_thinking(*model, wished, chat::ThinkingLevel::kOff);
    return model;
}

Result<std::optional<agent::ModelInfo>> CodeModels::first_of(const resources::Settings& settings) {
    auto model = default_model(TRY(list()), settings);
    if (!model && settings.default_model && settings.default_provider && request_.server.empty()) {
        if (auto found = find(settings.default_provider->value, settings.default_model->value))
            model = *std::move(found);
    }
    if (!model) return model;
    auto usual = chat::ThinkingLevel::kOff;
    if (!is_at_hand(*model)) usual = TRY(TRY(book())->find(model->provider, model->id)).usual_thinking;
    settle_thinking(*model, request_.thinking, usual);
    return model;
}

void CodeModels::settle_thinking(const agent::ModelInfo& model, std::optional<chat::ThinkingLevel> wished,
                                 chat::ThinkingLevel usual) {
    thinking_ = chat::clamp_thinking(wished.value_or(usual), model.thinking);
    if (!wished || *wished == thinking_) return;
    std::vector<std::string> levels;
    for (const auto each : chat::thinking_levels(model.thinking))
        levels.emplace_back(chat::thinking_level_name(each));
    notice_ = fmt::format("{} does not think at level {}: it has {}; {} is used", agent::author_of(model),
                          chat::thinking_level_name(*wished), join(levels, ", "),
                          chat::thinking_level_name(thinking_));
}

Result<agent::ModelInfo> CodeModels::first_own(const std::string& word) {
    if (request_.server.empty() && !word.empty()) {
        const auto name = word.starts_with("hearth/") ? word.substr(7) : word;
        const auto model = TRY(model_store().find(name));
        const auto context = request_.context.value_or(kContext);
        return agent::ModelInfo{std::string(kLocal), model.name, "", {context}, most_answer(context)};
    }
    const auto models = TRY(list_own());
    if (models.empty()) {
        return Error(Code::kNotFound,
                     "no model is installed: get one with `hearth pull qwen2.5-coder:1.5b`, or "
                     "name one elsewhere with -m PROVIDER/MODEL");
    }
    if (word.empty()) return models.front();
    const auto found = std::find_if(models.begin(), models.end(),
                                    [&](const agent::ModelInfo& each) { return is_named(each, word); });
    if (found != models.end()) return *found;
    return Error(Code::kNotFound, fmt::format("{} has no model '{}'", request_.server, word));
}

Result<chat::Provider*> CodeModels::open(const agent::ModelInfo& model) {
    one_at_hand_ = is_at_hand(model);
    auto author = agent::author_of(model);
    const auto found =
        std::find_if(ways_.begin(), ways_.end(), [&](const Way& way) { return way.author == author; });
    if (found != ways_.end()) return found->provider.get();
    std::unique_ptr<chat::Provider> provider;
    if (model.provider == kLocal) {
        provider = std::make_unique<LocalModel>(*this, model.id, model.context_window);
    } else if (model.provider == kServer) {
        chat::OpenAiEndpoint endpoint;
        endpoint.address = TRY(parse_server_address(request_.server));
        endpoint.model = model.id;
        endpoint.context_window = model.context_window;
        provider = chat::make_openai_provider(std::move(endpoint));
    } else {
        auto offer = TRY(TRY(book())->find(model.provider, model.id));
        offer.context_window = model.context_window;
        offer.most_answer = model.most_answer;
        offer.sees = model.sees;
        provider = TRY(open_elsewhere(offer));
    }
    // What is elsewhere keeps to no budget: an answer of thought alone would only be paid for twice.
    const bool bounded = model.provider == kLocal || model.provider == kServer;
    if (bounded) provider = chat::make_repetition_provider(std::move(provider));
    if (bounded && request_.thinking_budget)
        provider = chat::make_thinking_provider(std::move(provider), {.budget = {*request_.thinking_budget}});
    provider = chat::make_guarded_provider(std::move(provider), request_.secrets);
    provider = chat::make_handing_over_provider(std::move(provider), author);
    return ways_.emplace_back(std::move(author), std::move(provider)).provider.get();
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

bool is_at_hand(const agent::ModelInfo& model) {
    return model.provider == kLocal || model.provider == kServer;
}

}  // namespace hearth::app
