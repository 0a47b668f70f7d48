#include "serve/openai_routes.h"

#include <fmt/format.h>

#include "remote/access.h"
#include "serve/chat_route.h"
#include "serve/detail/seat_wish.h"
#include "serve/model_views.h"
#include "serve/openai_chat.h"
#include "serve/prompt_count.h"
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

// To a peer that asks for what it may offer its own clients, this server says who it is.
net::WholeResponse with_id(const Visit& visit, std::string body) {
    net::WholeResponse response = json_response(std::move(body));
    response.headers.emplace_back(remote::kIdHeader, visit.desk.pool.remotes().id());
    return response;
}

Answer models(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    const ModelPool& pool = visit.desk.pool;
    CO_TRY(const std::vector<model::InstalledModel> installed, co_await visit.desk.pool.list());
    const std::string_view via = detail::via_of(visit.request);
    // Peers that ask each other at the same time would wait for each other.
    if (via.empty()) co_await visit.desk.pool.remotes().refresh();
    co_return with_id(visit,
                      openai_models(installed, pool.models_elsewhere(installed, via), pool.usual_window()));
}

Answer model(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    const ModelPool& pool = visit.desk.pool;
    CO_TRY(const ServableModel found, co_await visit.desk.pool.find_servable(visit.argument));
    if (found.installed) co_return json_response(openai_model(*found.installed, pool.usual_window()));
    co_return json_response(
        openai_model_elsewhere(found.name, visit.desk.pool.remotes().offers(found.name, {})));
}

Answer count_tokens(const Visit& visit) {
    CO_TRY(ChatCall call, openai_chat_call(visit.request.body));
    CO_TRY(const Tokens tokens, co_await count_prompt(visit, std::move(call)));
    co_return json_response(fmt::format("{{\"input_tokens\":{}}}", tokens.value));
}

constexpr Route kRoutes[] = {
    {.method = "POST", .path = "/v1/chat/completions", .streamed = chat},
    {.method = "POST", .path = "/v1/chat/completions/input_tokens", .whole = count_tokens},
    {.method = "POST", .path = "/v1/completions", .streamed = complete},
    {.method = "GET", .path = "/v1/models", .whole = models},
    {.method = "GET", .path = "/v1/models/", .whole = model},
};

}  // namespace

std::span<const Route> openai_routes() { return kRoutes; }

}  // namespace hearth::serve
