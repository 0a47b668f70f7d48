#pragma once
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "chat/answer_watch.h"
#include "chat/provider.h"
#include "core/result.h"
#include "engine/supervisor.h"
#include "model/store.h"
#include "os/paths.h"

namespace hearth::app {

// A model served by an engine child of this process, as a provider. When the child dies under a request, it is started again and the
// request is sent once more; what had streamed of the broken answer is then streamed anew.
class EngineProvider final : public chat::Provider {
public:
    static Result<std::unique_ptr<EngineProvider>> open(const os::Paths& paths,
                                                        const model::InstalledModel& model,
                                                        const engine::ServeOptions& options,
                                                        engine::LoadSink progress, std::stop_token stop);

    Result<chat::Reply> stream(const chat::Request& request, const chat::EventSink& sink,
                               std::stop_token stop) override;
    Result<chat::FillReply> fill(const chat::FillRequest& request, std::stop_token stop) override;
    Result<Tokens> count_tokens(std::string_view text) override;
    [[nodiscard]] Tokens context_window() const override;

    [[nodiscard]] const engine::Lease& lease() const { return lease_; }

    // How often the engine had to be started again.
    [[nodiscard]] int restarts() const { return restarts_; }

    // From now on each new start of the engine has to give the answer to one fixed question, greedily, that it gives now.
    // Errors: those of stream().
    Status watch_answers(std::stop_token stop);

    // How it answers otherwise since it was started again, in words; empty while it answers as it did.
    [[nodiscard]] std::string change() const { return watch_ ? watch_->change() : std::string(); }

private:
    EngineProvider(std::unique_ptr<engine::Supervisor> supervisor, model::InstalledModel model,
                   engine::ServeOptions options, engine::LoadSink progress)
        : supervisor_(std::move(supervisor)),
          model_(std::move(model)),
          options_(options),
          progress_(std::move(progress)) {}

    Status connect(std::stop_token stop);
    Result<bool> recovered(const Error& failure, const std::stop_token& stop);

    std::unique_ptr<engine::Supervisor> supervisor_;
    model::InstalledModel model_;
    engine::ServeOptions options_;
    engine::LoadSink progress_;
    engine::Lease lease_;
    std::unique_ptr<chat::Provider> provider_;
    int restarts_ = 0;
    std::optional<chat::AnswerWatch> watch_;
};

}  // namespace hearth::app
