#include "serve/openai_routes.h"

#include "serve/chat_route.h"
#include "serve/model_views.h"
#include "serve/openai_chat.h"
#include "serve/text_completion.h"

namespace hearth::serve {
namespace {

net::Task<void> chat(const Visit& visit) {
    CO_TRY(ChatCall call, openai_chat_call(visit.request.body));
    const auto encoder = openai_chat_encoder(call);
    co_await answer_chat(visit, "openai", std::move(call), *encoder);
    co_return Status();
}

net::Task<void> complete(const Visit& visit) {
    CO_TRY(const TextCall text, openai_text_call(visit.request.body));
    const auto encoder = openai_text_encoder(text);
    ChatCall call = text.call;
    co_await answer_chat(visit, "openai", std::move(call), *encoder);
    co_return Status();
}

Answer models(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    CO_TRY(const std::vector<model::InstalledModel> installed, co_await visit.desk.pool.list());
    co_return json_response(openai_models(installed));
}

Answer model(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    CO_TRY(const model::InstalledModel found, co_await visit.desk.pool.find(visit.argument));
    co_return json_response(openai_model(found));
}

constexpr Route kRoutes[] = {
    {.method = "POST", .path = "/v1/chat/completions", .streamed = chat},
    {.method = "POST", .path = "/v1/completions", .streamed = complete},
    {.method = "GET", .path = "/v1/models", .whole = models},
    {.method = "GET", .path = "/v1/models/", .whole = model},
};

}  // namespace

std::span<const Route> openai_routes() { return kRoutes; }

}  // namespace hearth::serve
