#include "app/model_in_use.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "app/cloud_models.h"
#include "app/code_workspace.h"
#include "app/model_access.h"
#include "app/server_address.h"
#include "chat/openai_provider.h"
#include "core/text.h"
#include "engine/report_keeper.h"
#include "model/gguf.h"
#include "model/gguf_split.h"
#include "model/store.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

// Models under this size answer in code blocks; larger ones call tools well.
constexpr std::int64_t kTextFormParameters = 8'000'000'000;

bool is_small(const Result<model::WholeModel>& model) {
    if (!model) return true;
    const auto facts = model::model_facts(model->header, model->size);
    return !facts || facts->parameters < kTextFormParameters;
}

// The form of its answers by the request, else by what was seen, else by its size; whether it may think by what was seen, else by its chat
// template. The file is read where one of them is still open.
void settle_ways(ModelInUse& use, EditForm form, const fs::path& file) {
    std::optional<bool> text_form;
    std::optional<bool> thinks;
    if (use.card) {
        text_form = use.card->advice.text_form;
        thinks = use.card->advice.thinks;
    }
    if (form != EditForm::kAuto) text_form = form == EditForm::kText;
    if (!text_form || !thinks) {
        const auto model = model::read_model(file);
        if (!text_form) text_form = is_small(model);
        if (!thinks) thinks = model && model::template_thinks(model->header);
    }
    use.text_form = *text_form;
    use.thinks = *thinks;
}

// A card of another build is about the same model all the same.
std::string line_of(const ModelCard& card, const std::string& engine_build) {
    auto words = card_words(card.card);
    if (engine_build != card.card.engine_build) words += " (another engine than this one)";
    if (!card.advice.words.empty()) words += ": " + join(card.advice.words, "; ");
    return words;
}

Result<ModelInUse> connect_server(const CodeRequest& request) {
    ModelInUse use;
    chat::OpenAiEndpoint endpoint;
    endpoint.address = TRY(parse_server_address(request.server));
    endpoint.model = request.model;
    endpoint.context_window = {request.context};
    use.provider = chat::make_openai_provider(std::move(endpoint));
    use.name = request.model.empty() ? "the server's model" : request.model;
    use.description = request.server;
    use.text_form = request.form != EditForm::kTools;
    use.candidates = request.candidates.value_or(kUsualCandidates);
    return use;
}

// Nothing where the request names no model elsewhere.
Result<std::optional<ModelInUse>> connect_elsewhere(const os::Paths& paths, const CodeRequest& request) {
    const auto word = parse_model_word(request.model);
    std::optional<remote::ProviderBook> book;
    auto found = TRY(offer_elsewhere(word.name, [&] { return read_book(paths, book); }));
    if (!found) return std::optional<ModelInUse>();
    auto& offer = *found;
    if (request.context_elsewhere)
        offer.context_window = std::min(offer.context_window, Tokens{*request.context_elsewhere});
    offer.most_answer = std::min(offer.most_answer, offer.context_window);
    ModelInUse use;
    use.provider = TRY(open_elsewhere(offer));
    use.name = offer.provider + "/" + offer.id;
    use.description = offer.base_url;
    use.text_form = request.form == EditForm::kText;
    use.served_by = offer.provider;
    use.model_id = offer.id;
    use.api = chat::dialect_name(offer.dialect);
    use.most_answer = offer.most_answer;
    const auto wished = word.thinking ? word.thinking : request.thinking;
    use.thinking = chat::clamp_thinking(wished.value_or(offer.usual_thinking), offer.thinking);
    return std::optional(std::move(use));
}

Result<ModelInUse> start_engine(const os::Paths& paths, const CodeRequest& request,
                                const engine::LoadSink& loading, std::stop_token stop) {
    const auto model = TRY(choose_model(model_store(), request.model));
    ModelInUse use;
    if (request.use_card) use.card = TRY(card_of(paths, model));
    settle_ways(use, request.form, model.file);
    use.key = engine::model_key(model.file);
    const auto measured = use.card ? use.card->advice.candidates : std::nullopt;
    use.candidates = request.candidates.value_or(measured.value_or(kUsualCandidates));
    engine::ServeOptions options;
    options.context = {request.context};
    options.slots = use.text_form ? use.candidates : 1;
    auto engine = TRY(EngineProvider::open(paths, model, options, loading, std::move(stop)));
    use.engine = engine.get();
    use.name = model.name;
    use.description = engine->lease().engine;
    use.load_seconds = engine->lease().load_seconds;
    if (use.card) use.card_line = line_of(*use.card, engine->lease().engine_build);
    use.provider = std::move(engine);
    return use;
}

}  // namespace

Result<ModelInUse> model_in_use(const os::Paths& paths, const CodeRequest& request,
                                const engine::LoadSink& loading, std::stop_token stop) {
    if (!request.server.empty()) return connect_server(request);
    if (auto elsewhere = TRY(connect_elsewhere(paths, request))) return *std::move(elsewhere);
    return start_engine(paths, request, loading, std::move(stop));
}

void name_model(agent::LoopOptions& options, const ModelInUse& use) {
    if (use.served_by.empty()) return;
    options.provider = use.served_by;
    options.model = use.model_id;
    options.api = use.api;
    options.thinking = use.thinking;
    options.max_tokens = std::max(options.max_tokens, Tokens{use.most_answer.value / 2});
}

}  // namespace hearth::app
