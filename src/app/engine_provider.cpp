#include "app/engine_provider.h"

#include <algorithm>
#include <utility>

#include "chat/openai_provider.h"
#include "engine/self_test.h"

namespace hearth::app {
namespace {

engine::AnswerTimes times_of(const chat::Request& request, const chat::Reply& reply) {
    const chat::Usage& usage = reply.usage;
    // A grammar takes the processor's time too, which says nothing about the model. Calls have one.
    const bool free =
        request.grammar.empty() && std::ranges::all_of(reply.answers, [](const chat::Answer& each) {
            return each.message.tool_calls.empty();
        });
    return {.prompt = usage.prompt_tokens,
            .cached = usage.cached_tokens,
            .generated = free ? usage.longest_answer : Tokens{0},
            .all_answers = usage.generated_tokens,
            .drafted = usage.drafted_tokens,
            .streams = request.candidates,
            .prompt_seconds = usage.prompt_seconds,
            .decode_seconds = usage.decode_seconds};
}

}  // namespace

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

// Starts the engine again when it is what failed. False: it is well, and the failure was another.
Result<bool> EngineProvider::recovered(const Error& failure, const std::stop_token& stop) {
    if (failure.code() != Code::kUnavailable) return false;
    const auto health = supervisor_->healthy(lease_);
    if (health) return false;
    ++restarts_;
    if (auto again = connect(stop); !again) return again.error().with_context(health.error().message());
    if (watch_) TRY(watch_->ask(*provider_, stop).context("a question after a new start of the engine"));
    return true;
}

Status EngineProvider::watch_answers(std::stop_token stop) {
    watch_.emplace(std::string(engine::test_prompt()));
    return watch_->ask(*provider_, std::move(stop));
}

Result<chat::Reply> EngineProvider::stream(const chat::Request& request, const chat::EventSink& sink,
                                           std::stop_token stop) {
    engine::AnswerMeter::Watch watch = lease_.watch();
    auto reply = provider_->stream(request, sink, stop);
    if (reply) {
        watch.done(times_of(request, *reply));
        // Who asks has the answer; that something about it is not kept is no failure of that.
        static_cast<void>(supervisor_->keep_reports().has_value());
    }
    if (reply || !TRY(recovered(reply.error(), stop))) return reply;
    return provider_->stream(request, sink, stop);
}

Result<chat::FillReply> EngineProvider::fill(const chat::FillRequest& request, std::stop_token stop) {
    auto reply = provider_->fill(request, stop);
    if (reply || !TRY(recovered(reply.error(), stop))) return reply;
    return provider_->fill(request, stop);
}

Result<Tokens> EngineProvider::count_tokens(std::string_view text) { return provider_->count_tokens(text); }

Tokens EngineProvider::context_window() const { return lease_.context_window; }

}  // namespace hearth::app
