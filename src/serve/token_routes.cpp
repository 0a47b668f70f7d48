#include "serve/token_routes.h"

#include "serve/detail/engine_call.h"
#include "serve/errand.h"
#include "serve/token_call.h"

namespace hearth::serve {
namespace {

net::Task<std::string> answer_once(Errand& errand, const TokenCall& call, TokenForm form) {
    SeatWish wish;  // a short turn: no token is generated
    CO_CHECK(co_await errand.enter(call.model, std::move(wish)));
    const Engine& engine = errand.engine();
    const bool vllm = engine.kind == remote::Kind::kVllm;
    if (!vllm && !engine.counts_tokens()) co_return detail::cannot(engine, "show the tokens of a text");
    std::string body = call.body;
    if (vllm) {
        CO_TRY(body, vllm_token_body(call, form));
    }
    const char* route = form == TokenForm::kTokenize ? "/tokenize" : "/detokenize";
    CO_TRY(const std::string answer, co_await errand.ask(route, std::move(body)));
    co_return token_answer(answer, form);
}

Answer answer(const Visit& visit, TokenForm form) {
    CO_TRY(const TokenCall call, token_call(visit.request.body, form));
    Errand errand(visit, "openai", guard::Route::kChat);
    Result<std::string> text = co_await answer_once(errand, call, form);
    while (errand.may_try_again())
        text = co_await answer_once(errand, call, form);
    const Status status = text ? Status() : Status(Error(text.error()));
    const Tokens none;
    CO_CHECK(co_await errand.end(status, none));
    co_return json_response(*std::move(text));
}

Answer tokenize(const Visit& visit) { return answer(visit, TokenForm::kTokenize); }

Answer detokenize(const Visit& visit) { return answer(visit, TokenForm::kDetokenize); }

constexpr Route kRoutes[] = {
    {.method = "POST", .path = "/tokenize", .whole = tokenize},
    {.method = "POST", .path = "/detokenize", .whole = detokenize},
    {.method = "POST", .path = "/api/tokenize", .whole = tokenize},
    {.method = "POST", .path = "/api/detokenize", .whole = detokenize},
};

}  // namespace

std::span<const Route> token_routes() { return kRoutes; }

}  // namespace hearth::serve
