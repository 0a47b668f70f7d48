#include "serve/anthropic_routes.h"

#include <fmt/format.h>

#include "serve/anthropic_messages.h"
#include "serve/chat_route.h"
#include "serve/prompt_count.h"

namespace hearth::serve {
namespace {

net::Task<void> messages(const Visit& visit) {
    CO_TRY(ChatCall call, anthropic_call(visit.request.body));
    const auto encoder = anthropic_encoder(call);
    co_await answer_chat(visit, "anthropic", std::move(call), *encoder);
    co_return Status();
}

Answer count_tokens(const Visit& visit) {
    CO_TRY(ChatCall call, anthropic_call(visit.request.body));
    CO_TRY(const Tokens tokens, co_await count_prompt(visit, std::move(call)));
    co_return json_response(fmt::format("{{\"input_tokens\":{}}}", tokens.value));
}

constexpr Route kRoutes[] = {
    {.method = "POST", .path = "/v1/messages", .streamed = messages},
    {.method = "POST", .path = "/v1/messages/count_tokens", .whole = count_tokens},
};

}  // namespace

std::span<const Route> anthropic_routes() { return kRoutes; }

}  // namespace hearth::serve
