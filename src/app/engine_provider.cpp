#include "app/engine_provider.h"

#include "chat/openai_provider.h"

namespace hearth::app {

Result<std::unique_ptr<EngineProvider>> EngineProvider::open(const os::Paths& paths,
                                                             const model::InstalledModel& model,
                                                             const engine::ServeOptions& options,
                                                             engine::LoadSink progress,
                                                             std::stop_token stop) {
    auto supervisor = TRY(engine::Supervisor::open(paths));
    std::unique_ptr<EngineProvider> provider(
        new EngineProvider(std::move(supervisor), model, options, std::move(progress)));
    TRY(provider->connect(std::move(stop)));
    return provider;
}

Status EngineProvider::connect(std::stop_token stop) {
    lease_ = {};  // the old child is no longer needed
    lease_ = TRY(supervisor_->acquire(model_.name, model_.file, options_, progress_, std::move(stop)));
    chat::OpenAiEndpoint endpoint;
    endpoint.address = lease_.address;
    endpoint.model = model_.name;
    endpoint.context_window = lease_.context_window;
    provider_ = chat::make_openai_provider(std::move(endpoint));
    return {};
}

Result<chat::Reply> EngineProvider::stream(const chat::Request& request, const chat::EventSink& sink,
                                           std::stop_token stop) {
    auto reply = provider_->stream(request, sink, stop);
    if (reply || reply.error().code() != Code::kUnavailable) return reply;
    const auto health = supervisor_->healthy(lease_);
    if (health) return reply;  // the engine is well; the failure was another
    ++restarts_;
    if (auto again = connect(stop); !again) return again.error().with_context(health.error().message());
    return provider_->stream(request, sink, stop);
}

Result<Tokens> EngineProvider::count_tokens(std::string_view text) { return provider_->count_tokens(text); }

Tokens EngineProvider::context_window() const { return lease_.context_window; }

}  // namespace hearth::app
