#include "serve/service.h"

#include <fmt/format.h>

#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/access.h"
#include "serve/anthropic_messages.h"
#include "serve/chat_route.h"
#include "serve/detail/elsewhere.h"
#include "serve/model_views.h"
#include "serve/ollama_chat.h"
#include "serve/openai_chat.h"

namespace hearth::serve {
namespace {

// The version of Ollama's API that is spoken here; clients refuse older ones.
constexpr std::string_view kOllamaVersion = "0.20.0";

constexpr Tokens kNoTokens{0};

net::WholeResponse text_response(std::string body) {
    return {
        .status = 200, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = std::move(body)};
}

bool is_get(const net::ServedRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

// In the form that the client of that path reads.
net::WholeResponse refusal_for(std::string_view path, const Error& error) {
    if (path.starts_with("/v1/messages")) return anthropic_error_response(error);
    if (path.starts_with("/v1/")) return openai_error_response(error);
    return ollama_error_response(error);
}

Error no_route(const net::ServedRequest& request) {
    return Error(Code::kNotFound, fmt::format("{} {} is not served here", printable(request.method),
                                              printable(std::string(request.path()))));
}

}  // namespace

boost::asio::awaitable<void> Service::handle(net::ServedRequest& request, net::Responder& responder) {
    const Status access = check_access(request, options_.origins);
    if (!access) {
        net::WholeResponse refused = refusal_for(request.path(), access.error());
        CO_IGNORE(co_await responder.send(refused.status, refused.headers, refused.body));
        co_return;
    }
    if (request.method == "OPTIONS") {
        net::WholeResponse empty{.status = 204, .headers = {}, .body = {}};
        co_await send(responder, request, std::move(empty));
        co_return;
    }
    const Result<Caller> caller = co_await desk_.gate.admit(request);
    if (!caller) {
        net::WholeResponse refused = refusal_for(request.path(), caller.error());
        if (caller.error().code() == Code::kPermission) refused.status = 401;
        refused.headers.emplace_back("WWW-Authenticate", "Bearer");
        co_await send(responder, request, std::move(refused));
        co_return;
    }
    co_await route(*caller, request, responder);
}

boost::asio::awaitable<void> Service::send(net::Responder& responder, const net::ServedRequest& request,
                                           net::WholeResponse response) {
    for (auto& header : cors_headers(request))
        response.headers.push_back(std::move(header));
    CO_IGNORE(
        co_await responder.send(response.status, std::move(response.headers), std::move(response.body)));
}

boost::asio::awaitable<void> Service::route(const Caller& caller, const net::ServedRequest& request,
                                            net::Responder& responder) {
    const bool streamed = co_await chat_route(caller, request, responder);
    if (streamed) co_return;
    Result<net::WholeResponse> answer = co_await list_route(caller, request);
    net::WholeResponse response = answer ? *std::move(answer) : refusal_for(request.path(), answer.error());
    co_await send(responder, request, std::move(response));
}

// False when the path is none of these.
boost::asio::awaitable<bool> Service::chat_route(const Caller& caller, const net::ServedRequest& request,
                                                 net::Responder& responder) {
    if (request.method != "POST") co_return false;
    const auto path = request.path();
    if (path == "/api/chat" || path == "/api/generate") {
        co_await ollama(caller, request, responder, path == "/api/chat");
        co_return true;
    }
    const bool anthropic = path == "/v1/messages";
    if (!anthropic && path != "/v1/chat/completions") co_return false;
    Result<ChatCall> call = anthropic ? anthropic_call(request.body) : openai_chat_call(request.body);
    if (!call) {
        net::WholeResponse refused = refusal_for(path, call.error());
        co_await send(responder, request, std::move(refused));
        co_return true;
    }
    const auto encoder = anthropic ? anthropic_encoder(*call) : openai_chat_encoder(*call);
    std::string dialect = anthropic ? "anthropic" : "openai";
    co_await answer_chat(desk_, caller, std::move(dialect), *std::move(call), *encoder, responder);
    co_return true;
}

boost::asio::awaitable<void> Service::ollama(const Caller& caller, const net::ServedRequest& request,
                                             net::Responder& responder, bool chat) {
    const OllamaForm form = chat ? OllamaForm::kChat : OllamaForm::kGenerate;
    Result<ChatCall> call = ollama_call(request.body, form);
    if (!call) {
        net::WholeResponse refused = ollama_error_response(call.error());
        co_await send(responder, request, std::move(refused));
        co_return;
    }
    if (call->body.empty()) {
        const bool unload = call->keep_alive == std::chrono::seconds(0);
        Result<net::WholeResponse> done =
            co_await load_or_unload(caller, call->model, unload, call->keep_alive, chat);
        net::WholeResponse response = done ? *std::move(done) : ollama_error_response(done.error());
        co_await send(responder, request, std::move(response));
        co_return;
    }
    const auto encoder = ollama_encoder(*call, form);
    co_await answer_chat(desk_, caller, "ollama", *std::move(call), *encoder, responder);
}

Service::Answer Service::load_or_unload(const Caller& caller, std::string model, bool unload,
                                        std::optional<std::chrono::seconds> keep_alive, bool chat) {
    CO_TRY(const model::InstalledModel file, co_await desk_.pool.find(model));
    const guard::Route route = unload ? guard::Route::kManage : guard::Route::kChat;
    CO_TRY(const Gate::Pass pass, co_await desk_.gate.allow(caller, route, file.name, kNoTokens));
    if (unload) {
        co_await desk_.pool.unload(file.name);  // one in use ends after its keep-alive
    } else {
        SeatWish wish{.model = file, .waiting = {.key = caller.share}, .keep_alive = keep_alive};
        CO_TRY(const Seat seat, co_await desk_.pool.enter(std::move(wish)));
    }
    json::object body{{"model", model}, {"created_at", iso_time(unix_ms_now())}};
    if (chat)
        body["message"] = json::object{{"role", "assistant"}, {"content", ""}};
    else
        body["response"] = "";
    body["done"] = true;
    body["done_reason"] = unload ? "unload" : "load";
    co_return json_response(json::serialize(body));
}

Service::Answer Service::ollama_show(const net::ServedRequest& request) {
    CO_TRY(const json::value body, parse_body(request.body));
    const auto name = string_member(body, "model").value_or(string_member(body, "name").value_or(""));
    CO_TRY(const model::InstalledModel model, co_await desk_.pool.find(std::string(name)));
    auto read = [model] { return serve::ollama_show(model); };
    Result<std::string> text = co_await detail::elsewhere(files_, std::move(read));
    if (!text) co_return Error(text.error());
    co_return json_response(*std::move(text));
}

Service::Answer Service::count_tokens(const Caller& caller, const net::ServedRequest& request) {
    CO_TRY(ChatCall call, anthropic_call(request.body));
    CO_TRY(const Tokens tokens, co_await count_prompt(desk_, caller, std::move(call)));
    co_return json_response(fmt::format("{{\"input_tokens\":{}}}", tokens.value));
}

Service::Answer Service::list_route(const Caller& caller, const net::ServedRequest& request) {
    const auto path = request.path();
    if (is_get(request) && path == "/")
        co_return text_response("Ollama is running");  // what its clients look for
    if (is_get(request) && path == "/api/version")
        co_return json_response(
            fmt::format("{{\"version\":\"{}\",\"hearth\":\"{}\"}}", kOllamaVersion, options_.version));
    if (is_get(request) && path == "/health") co_return json_response("{\"status\":\"ok\"}");
    if (path != "/v1/messages/count_tokens") {
        std::string no_model;
        CO_TRY(const Gate::Pass pass,
               co_await desk_.gate.allow(caller, guard::Route::kModels, std::move(no_model), kNoTokens));
    }
    if (request.method == "POST" && path == "/api/show") {
        CO_TRY(net::WholeResponse shown, co_await ollama_show(request));
        co_return shown;
    }
    if (request.method == "POST" && path == "/v1/messages/count_tokens") {
        CO_TRY(net::WholeResponse counted, co_await count_tokens(caller, request));
        co_return counted;
    }
    constexpr std::string_view kModel = "/v1/models/";
    if (is_get(request) && path.starts_with(kModel)) {
        std::string name(path.substr(kModel.size()));
        CO_TRY(const model::InstalledModel model, co_await desk_.pool.find(std::move(name)));
        co_return json_response(openai_model(model));
    }
    const bool tags = path == "/api/tags";
    const bool running = path == "/api/ps";
    if (!is_get(request) || (!tags && !running && path != "/v1/models")) co_return no_route(request);
    CO_TRY(const std::vector<model::InstalledModel> models, co_await desk_.pool.list());
    if (path == "/v1/models") co_return json_response(openai_models(models));
    const std::vector<LoadedModel> loaded = desk_.pool.loaded();
    auto read = [models, loaded, tags] { return tags ? ollama_tags(models) : ollama_ps(loaded, models); };
    std::string text = co_await detail::elsewhere(files_, std::move(read));
    co_return json_response(std::move(text));
}

}  // namespace hearth::serve
