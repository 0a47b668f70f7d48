#include "app/model_in_use.h"

#include <cstdint>
#include <filesystem>
#include <utility>

#include "app/code_workspace.h"
#include "app/model_access.h"
#include "app/server_address.h"
#include "chat/openai_provider.h"
#include "model/gguf.h"
#include "model/gguf_split.h"
#include "model/store.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

// Models under this size answer in code blocks; larger ones call tools well.
constexpr std::int64_t kTextFormParameters = 8'000'000'000;

bool wants_text_form(EditForm form, const fs::path& file) {
    if (form != EditForm::kAuto) return form == EditForm::kText;
    const auto model = model::read_model(file);
    if (!model) return true;
    const auto facts = model::model_facts(model->header, model->size);
    return !facts || facts->parameters < kTextFormParameters;
}

}  // namespace

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
    return use;
}

Result<ModelInUse> start_engine(const os::Paths& paths, const CodeRequest& request,
                                const engine::LoadSink& loading, std::stop_token stop) {
    const auto model = TRY(choose_model(model_store(), request.model));
    ModelInUse use;
    use.text_form = wants_text_form(request.form, model.file);
    engine::ServeOptions options;
    options.context = {request.context};
    options.slots = use.text_form ? request.candidates : 1;
    auto engine = TRY(EngineProvider::open(paths, model, options, loading, std::move(stop)));
    use.engine = engine.get();
    use.name = model.name;
    use.description = engine->lease().engine;
    use.load_seconds = engine->lease().load_seconds;
    use.provider = std::move(engine);
    return use;
}

}  // namespace hearth::app
