#include "app/eval_models.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "app/model_access.h"
#include "app/server_address.h"
#include "chat/openai_provider.h"
#include "core/text.h"
#include "engine/report_keeper.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

constexpr std::size_t kKeyDigits = 12;  // enough to tell files apart

eval::ModelHandle handle_of(const std::string& model, std::string url, net::Address address, Tokens context) {
    eval::ModelHandle handle;
    handle.name = model;
    handle.url = std::move(url);
    handle.connect = [model, context,
                      address = std::move(address)]() -> Result<std::unique_ptr<chat::Provider>> {
        chat::OpenAiEndpoint endpoint;
        endpoint.address = address;
        endpoint.model = model;
        endpoint.context_window = context;
        return chat::make_openai_provider(std::move(endpoint));
    };
    return handle;
}

std::string url_of(const net::Address& address) {
    if (const auto* local = std::get_if<net::UnixAddress>(&address)) return "unix:" + local->path.string();
    const auto& remote = std::get<net::TcpAddress>(address);
    return fmt::format("http://{}:{}", remote.host, remote.port);
}

// The engine of the model that is in use now.
class OwnEngine {
public:
    OwnEngine(const EvalEngine& settings, engine::LoadSink progress)
        : settings_(settings), progress_(std::move(progress)) {}

    Result<eval::ModelHandle> serve(const std::string& name, std::stop_token stop) {
        const auto model = TRY(model_store().find(name));
        if (!supervisor_) supervisor_ = TRY(engine::Supervisor::open(os::paths_from_environment()));
        engine::ServeOptions options;
        options.context = {settings_.context};
        options.slots = settings_.slots;
        options.shared_prompt = false;
        options.use_tuning = false;  // runs of today and of next year are compared
        auto lease = std::make_shared<engine::Lease>(
            TRY(supervisor_->acquire(model.name, model.file, options, progress_, std::move(stop))));
        auto handle = handle_of(name, url_of(lease->address), lease->address, lease->context_window);
        handle.engine = fmt::format("{}, window {}, {} slots, build {}, model {}", lease->engine,
                                    lease->context_window.value, lease->slots, lease->engine_build,
                                    engine::model_key(model.file).substr(0, kKeyDigits));
        handle.hold = std::move(lease);
        return handle;
    }

private:
    EvalEngine settings_;
    engine::LoadSink progress_;
    std::unique_ptr<engine::Supervisor> supervisor_;
};

}  // namespace

eval::ModelSource model_source(const EvalEngine& engine, engine::LoadSink progress) {
    // Shared: a std::function has to be copyable.
    auto own = std::make_shared<OwnEngine>(engine, std::move(progress));
    return [own, engine](const std::string& model, std::stop_token stop) -> Result<eval::ModelHandle> {
        if (model.empty()) return eval::ModelHandle();
        if (engine.server.empty()) return own->serve(model, std::move(stop));
        auto handle =
            handle_of(model, engine.server, TRY(parse_server_address(engine.server)), {engine.context});
        handle.engine = engine.server;
        return handle;
    };
}

std::optional<bool> verdict_of(std::string_view answer) {
    const auto text = to_lower_ascii(answer);
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!letter(text[at])) continue;
        const auto end = static_cast<std::size_t>(
            std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), letter) -
            text.begin());
        const auto word = std::string_view(text).substr(at, end - at);
        if (word == "yes") return true;
        if (word == "no") return false;
        at = end;
    }
    return std::nullopt;
}

eval::Judge model_judge(const std::string& server, const std::string& model) {
    return [server, model](const eval::Question& question, std::string_view given) -> Result<bool> {
        const auto handle = handle_of(model, server, TRY(parse_server_address(server)), {0});
        const auto provider = TRY(handle.connect());
        chat::Request request;
        request.messages.push_back(
            {.role = chat::Role::kUser,
             .text = fmt::format(
                 "Question:\n{}\n\nWhat a right answer says:\n{}\n\nAnswer to judge:\n{}\n\nIs the answer "
                 "right? Reply with the one word yes or no.",
                 question.prompt, question.answer, given)});
        request.max_tokens = {8};
        const auto reply = TRY(provider->stream(request, [](const chat::Event&) { return true; }, {}));
        const auto said = reply.answers.empty() ? std::string() : reply.answers.front().message.text;
        if (const auto verdict = verdict_of(said)) return *verdict;
        return Error(Code::kCorrupt,
                     fmt::format("the judge {} said neither yes nor no about {}, but '{}': name a model with "
                                 "--judge that answers in a word, without thinking first",
                                 printable(model), printable(question.id), printable(said)));
    };
}

}  // namespace hearth::app
