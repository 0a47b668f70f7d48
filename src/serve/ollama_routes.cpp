#include "serve/ollama_routes.h"

#include <fmt/format.h>

#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "serve/chat_route.h"
#include "serve/detail/elsewhere.h"
#include "serve/detail/seat_wish.h"
#include "serve/model_defaults.h"
#include "serve/model_views.h"
#include "serve/ollama_chat.h"

namespace hearth::serve {
namespace {

// The version of Ollama's API that is spoken here; clients refuse older ones.
constexpr std::string_view kOllamaVersion = "0.20.0";

// A question without a prompt: loads the model, or with keep_alive 0 unloads it.
Answer load_or_unload(const Visit& visit, const ChatCall& call, OllamaForm form) {
    const bool unload = call.keep_alive == std::chrono::seconds(0);
    CO_TRY(const ServableModel model, co_await visit.desk.pool.find_servable(call.model));
    const guard::Route route = unload ? guard::Route::kManage : guard::Route::kChat;
    CO_TRY(const Gate::Pass pass, co_await visit.desk.gate.allow(visit.caller, route, model.name, kNoTokens));
    if (unload) {
        co_await visit.desk.pool.unload(model.name);  // one in use ends after its keep-alive
    } else {
        ChatCall wide = call;
        CO_CHECK(apply_defaults(model.defaults(), wide));
        SeatWish wish{.model = model,
                      .waiting = {.key = visit.caller.share},
                      .context = wide.context,
                      .keep_alive = call.keep_alive,
                      .via = std::string(detail::via_of(visit.request))};
        CO_TRY(const Seat seat, co_await visit.desk.pool.enter(std::move(wish)));
    }
    json::object body{{"model", call.model}, {"created_at", iso_time(unix_ms_now())}};
    if (form == OllamaForm::kChat)
        body["message"] = json::object{{"role", "assistant"}, {"content", ""}};
    else
        body["response"] = "";
    body["done"] = true;
    body["done_reason"] = unload ? "unload" : "load";
    co_return json_response(json::serialize(body));
}

net::Task<void> answer(const Visit& visit, OllamaForm form) {
    CO_TRY(ChatCall call, ollama_call(visit.request.body, form));
    if (call.body.empty()) {
        CO_TRY(net::WholeResponse done, co_await load_or_unload(visit, call, form));
        CO_IGNORE(co_await visit.responder.send(done.status, done.headers, done.body));
        co_return Status();
    }
    const auto encoder = ollama_encoder(call, form);
    co_await answer_chat(visit, "ollama", std::move(call), *encoder);
    co_return Status();
}

net::Task<void> chat(const Visit& visit) { return answer(visit, OllamaForm::kChat); }

net::Task<void> generate(const Visit& visit) { return answer(visit, OllamaForm::kGenerate); }

Answer running(const Visit& /*visit*/) {
    // What its clients look for.
    net::WholeResponse response{.status = 200, .headers = {}, .body = "Ollama is running"};
    response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    co_return response;
}

Answer version(const Visit& visit) {
    co_return json_response(
        fmt::format("{{\"version\":\"{}\",\"hearth\":\"{}\"}}", kOllamaVersion, visit.desk.version));
}

Answer health(const Visit& /*visit*/) { co_return json_response("{\"status\":\"ok\"}"); }

Answer tags(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    CO_TRY(const std::vector<model::InstalledModel> models, co_await visit.desk.pool.list());
    co_await visit.desk.pool.remotes().refresh();
    const auto elsewhere = visit.desk.pool.models_elsewhere(models, detail::via_of(visit.request));
    auto read = [models, elsewhere] { return ollama_tags(models, elsewhere); };
    std::string text = co_await detail::elsewhere(visit.desk.files, std::move(read));
    co_return json_response(std::move(text));
}

Answer ps(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    CO_TRY(const std::vector<model::InstalledModel> models, co_await visit.desk.pool.list());
    const std::vector<LoadedModel> loaded = visit.desk.pool.loaded();
    auto read = [models, loaded] { return ollama_ps(loaded, models); };
    std::string text = co_await detail::elsewhere(visit.desk.files, std::move(read));
    co_return json_response(std::move(text));
}

Answer show(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    CO_TRY(const json::value body, parse_body(visit.request.body));
    const auto name = string_member(body, "model").value_or(string_member(body, "name").value_or(""));
    CO_TRY(const ServableModel model, co_await visit.desk.pool.find_servable(std::string(name)));
    if (!model.installed)
        co_return json_response(
            ollama_show_elsewhere(model.name, visit.desk.pool.remotes().offers(model.name, {})));
    auto read = [file = *model.installed] { return ollama_show(file); };
    Result<std::string> text = co_await detail::elsewhere(visit.desk.files, std::move(read));
    if (!text) co_return Error(text.error());
    co_return json_response(*std::move(text));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .path = "/", .whole = running},
    {.method = "GET", .path = "/health", .whole = health},
    {.method = "GET", .path = "/api/version", .whole = version},
    {.method = "GET", .path = "/api/tags", .whole = tags},
    {.method = "GET", .path = "/api/ps", .whole = ps},
    {.method = "POST", .path = "/api/show", .whole = show},
    {.method = "POST", .path = "/api/chat", .streamed = chat},
    {.method = "POST", .path = "/api/generate", .streamed = generate},
};

}  // namespace

std::span<const Route> ollama_routes() { return kRoutes; }

}  // namespace hearth::serve
