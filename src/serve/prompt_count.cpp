#include "serve/prompt_count.h"

#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/detail/engine_call.h"
#include "serve/detail/seat_wish.h"
#include "serve/model_defaults.h"

namespace hearth::serve {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{1} << 20U;

// vLLM's and SGLang's way, which has no other name for it.
std::string vllm_count_body(const ChatCall& call) {
    json::object body;
    if (const auto given = parse_json(call.body))
        for (const auto* name : {"messages", "tools", "chat_template_kwargs"})
            if (const auto* value = member(*given, name)) body[name] = *value;
    return json::serialize(body);
}

}  // namespace

net::Task<Tokens> count_prompt(const Visit& visit, ChatCall call) {
    CO_TRY(const ServableModel model, co_await visit.desk.pool.find_servable(call.model));
    CO_TRY(const Gate::Pass pass,
           co_await visit.desk.gate.allow(visit.caller, guard::Route::kChat, model.name, kNoTokens));
    CO_CHECK(apply_defaults(model.defaults(), call));
    SeatWish wish = detail::wish_of(call, model, visit.caller, visit.request);
    wish.waiting.tokens = 1;
    CO_TRY(const Seat seat, co_await visit.desk.pool.enter(std::move(wish)));
    visit.activity.engine = seat.engine.words;
    const Seat::Owed owed(seat);
    const bool vllm = seat.engine.kind == remote::Kind::kVllm;
    if (!vllm && !seat.engine.counts_tokens())
        co_return detail::cannot(seat.engine, "count the tokens of a prompt");
    std::string body = vllm ? vllm_count_body(call) : std::move(call.body);
    const char* route = vllm ? "/tokenize" : "/v1/chat/completions/input_tokens";
    CO_TRY(const json::value value,
           co_await detail::ask_engine(seat.engine, route, std::move(body), kMaxAnswer));
    const auto tokens = integer_member(value, vllm ? "count" : "input_tokens");
    if (!tokens) co_return Error(Code::kCorrupt, "the engine did not count the prompt");
    co_return Tokens{*tokens};
}

}  // namespace hearth::serve
