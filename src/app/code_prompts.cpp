#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <variant>

#include "agent/driver.h"
#include "agent/event_json.h"
#include "agent/text_call_repair.h"
#include "app/code_extensions.h"
#include "app/code_talk.h"
#include "app/driver_door.h"
#include "app/exit_status.h"
#include "app/extension_ui.h"
#include "app/named_images.h"
#include "app/render.h"
#include "core/text.h"
#include "os/interrupt.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

// What goes on, for a person who waits for the answer.
void show_progress(Progress& working, const agent::Event& event) {
    if (const auto* read = std::get_if<agent::PromptRead>(&event)) {
        const auto total = std::max<std::int64_t>(read->total.value, 1);
        working.update(
            static_cast<double>(read->done.value) / static_cast<double>(total),
            fmt::format("reading the prompt: {} of {} tokens", read->done.value, read->total.value));
    } else if (const auto* tool = std::get_if<agent::ToolStarted>(&event)) {
        working.update(std::nullopt,
                       printable(fmt::format("{} {}", tool->name, utf8_front(tool->subject, 60))));
    } else if (std::holds_alternative<agent::TextPiece>(event)) {
        working.update(std::nullopt, "writing");
    }
}

int status_of(const agent::Outcome& outcome) {
    if (outcome.end == agent::End::kAborted) return exit_status(Code::kCancelled);
    if (outcome.end == agent::End::kFailed && outcome.failure) return exit_status(outcome.failure->code());
    const bool cut = outcome.last_reason == chat::StopReason::kLength;
    return cut || outcome.end == agent::End::kGaveUp ? 1 : 0;
}

class Prompts {
public:
    Prompts(const TalkParts& parts, const PromptsRequest& request, agent::Session& session,
            const agent::ModelInfo& model)
        : parts_(parts),
          request_(request),
          session_(session),
          model_(model),
          door_(session, model, queue_, stop_),
          writer_([this](std::string_view line) { output_.write(line); }) {
        settings_.auto_compaction = parts_.defaults.auto_compaction;
        settings_.auto_retry = parts_.defaults.auto_retry;
    }

    Result<int> run() {
        auto* provider = TRY(parts_.models.open(model_));
        if (const auto recovered = parts_.history.recover(session_); !recovered)
            warn(recovered.error().message());
        if (request_.as_json) output_.write(session_.header().json);
        const std::stop_callback on_signal(os::stop_on_interrupt(), [&] { stop_.request_stop(); });
        const std::stop_callback on_closed(output_.failed(), [&] { stop_.request_stop(); });
        host_ = TRY(parts_.extensions(ui_, door_,
                                      [](const extend::Failure& failure) { warn(failure_text(failure)); }));
        if (host_) host_->begin(parts_.start_reason);
        for (const auto& prompt : request_.prompts) {
            TRY(tell(*provider, TRY(with_named_images(prompt, parts_.place.workspace, home_))));
            if (status_ == 0 && TRY(parts_.keepers.sign_plan()))
                TRY(tell(*provider, {"Go on with the plan."}));
            parts_.keepers.say_deviations();
            // What extensions said meanwhile.
            while (const auto next = stop_.stop_requested() ? std::nullopt : door_.next_prompt())
                TRY(tell(*provider, {*next}));
            if (stop_.stop_requested()) break;
            if (const auto waits = what_plan_waits_for(); !waits.empty()) {
                warn(waits);
                host_.reset();
                const bool as_asked = parts_.keepers.plan_waits() && request_.plan_may_wait;
                return as_asked ? status_ : std::max(status_, 1);
            }
        }
        host_.reset();
        // In the stream every failure is a message of its own, so that it alone says how it went.
        return request_.as_json && !stop_.stop_requested() ? 0 : status_;
    }

private:
    static void warn(std::string_view text) { fmt::print(stderr, "hearth: {}\n", printable(text)); }

    // Why nothing further is said to the model; empty where nothing is in the way.
    [[nodiscard]] std::string what_plan_waits_for() const {
        if (parts_.keepers.plan_waits())
            return "the plan waits in PLAN.md: `hearth code -c --sign-off PLAN.md -p \"Go on\"` begins";
        const auto failure = parts_.keepers.plan_failure();
        return failure.empty() ? failure : "there is no plan that can be signed: " + failure;
    }

    Status tell(chat::Provider& provider, const agent::UserMessage& prompt) {
        if (host_ && host_->is_command(prompt.text))
            return host_->run_command(prompt.text, stop_.get_token());
        door_.set_busy(true);
        auto done = talk(provider, prompt);
        door_.set_busy(false);
        return done;
    }

    Status talk(chat::Provider& provider, const agent::UserMessage& prompt) {
        auto text = std::optional(prompt.text);
        if (host_) {
            host_->before_run(stop_.get_token());
            text = host_->said(prompt.text, stop_.get_token());
        }
        if (!text) return {};  // an extension dealt with it
        text = parts_.texts.expanded(*std::move(text));
        agent::TextCallRepair repair(parts_.tools);
        std::vector<agent::Extension*> extensions{&repair};
        if (host_) {
            for (auto* each : host_->extensions())
                extensions.push_back(each);
        }
        for (auto* each : parts_.keepers.extensions())
            extensions.push_back(each);
        chat::Sampling sampling;
        sampling.seed = request_.seed;
        Progress working("working");
        agent::EventSink events;
        if (!request_.as_json) events = [&](const agent::Event& event) { show_progress(working, event); };
        agent::Driver driver({.session = session_,
                              .provider = provider,
                              .tools = parts_.tools,
                              .extensions = std::move(extensions),
                              .queue = queue_,
                              .settings = settings_,
                              .records = records(),
                              .events = std::move(events),
                              .files = &parts_.history,
                              .warn = warn},
                             {.system = parts_.system,
                              .provider = model_.provider,
                              .model = model_.id,
                              .api = model_.api,
                              .thinking = parts_.thinking,
                              .sampling = sampling,
                              .most_answer = model_.most_answer,
                              .retries = parts_.defaults.retries});
        const auto outcome = TRY(driver.prompt(agent::UserMessage{*text, prompt.images}, stop_.get_token()));
        status_ = status_of(outcome);
        if (request_.as_json) return {};
        if (outcome.failure) warn(outcome.failure->message());
        if (!stop_.stop_requested() && !outcome.last_answer.empty()) output_.write(outcome.last_answer);
        return {};
    }

    agent::RunSink records() {
        if (!request_.as_json && !host_) return {};
        return [this](const agent::RunEvent& event) {
            if (host_) host_->event(event);
            if (request_.as_json) writer_.write(event);
        };
    }

    const TalkParts& parts_;
    const PromptsRequest& request_;
    const std::filesystem::path home_ = os::home_folder();
    agent::Session& session_;
    const agent::ModelInfo& model_;
    LineOutput output_;
    std::stop_source stop_;
    agent::MessageQueue queue_;
    agent::DriverSettings settings_;
    DriverDoor door_;
    PlainUi ui_;
    agent::EventWriter writer_;
    std::unique_ptr<extend::Host> host_;
    int status_ = 0;
};

}  // namespace

Result<int> tell_prompts(const TalkParts& parts, const PromptsRequest& request, agent::Session& session,
                         const agent::ModelInfo& model) {
    return Prompts(parts, request, session, model).run();
}

}  // namespace hearth::app
