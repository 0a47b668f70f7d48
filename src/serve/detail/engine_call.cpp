#include "serve/detail/engine_call.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "chat/openai_error.h"
#include "remote/request_body.h"

namespace hearth::serve::detail {
namespace {

constexpr std::size_t kMaxError = std::size_t{1} << 20U;

Error named(const Engine& engine, const Error& error) {
    return engine.is_remote() ? remote::failure_of(*engine.remote, error).error : error;
}

net::HttpRequest child_request(std::string route, std::string body) {
    return {.method = "POST",
            .target = std::move(route),
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
}

Result<net::HttpRequest> request_for(const Engine& engine, std::string route, std::string body) {
    if (!engine.is_remote()) return child_request(std::move(route), std::move(body));
    auto made = TRY(remote::request_body(
        {.kind = engine.kind, .model = engine.model, .newer_limit = engine.newer_limit}, route, body));
    return remote::request_to(*engine.remote, route, std::move(made), engine.via);
}

}  // namespace

net::Task<std::unique_ptr<net::UpstreamResponse>> open_engine(Engine engine, std::string route,
                                                              std::string body) {
    CO_TRY(net::HttpRequest request, request_for(engine, std::move(route), std::move(body)));
    Result<std::unique_ptr<net::UpstreamResponse>> answer =
        co_await net::open_upstream(engine.endpoint, std::move(request), engine.hangup);
    if (!answer) co_return named(engine, answer.error());
    co_return answer;
}

boost::asio::awaitable<remote::Failure> refusal_of(const Engine& engine, std::string route,
                                                   net::UpstreamResponse& answer) {
    const Result<std::string> body = co_await net::read_all(answer, kMaxError);
    if (!engine.is_remote()) {
        Error error = body ? chat::openai_error_body(*body, answer.status()) : Error(body.error());
        co_return remote::Failure{.error = std::move(error), .of_request = true, .retry_after = {}};
    }
    const net::HttpResponse whole{
        .status = answer.status(), .headers = answer.headers(), .body = body ? *body : std::string()};
    remote::Failure failure = remote::failure_of(*engine.remote, route, whole);
    co_return failure;
}

net::Task<std::string> ask_engine_text(Engine engine, std::string route, std::string body,
                                       std::size_t max_answer) {
    CO_TRY(const auto answer, co_await open_engine(engine, route, std::move(body)));
    if (answer->status() != 200) {
        const remote::Failure refused = co_await refusal_of(engine, std::move(route), *answer);
        co_return Error(refused.error);
    }
    Result<std::string> text = co_await net::read_all(*answer, max_answer);
    if (!text) co_return named(engine, text.error());
    co_return text;
}

net::Task<json::value> ask_engine(Engine engine, std::string route, std::string body,
                                  std::size_t max_answer) {
    CO_TRY(const std::string text,
           co_await ask_engine_text(std::move(engine), std::move(route), std::move(body), max_answer));
    Result<json::value> value = parse_json(text, {.max_bytes = max_answer});
    co_return value;
}

Error cannot(const Engine& engine, std::string_view what) {
    return {Code::kUnsupported,
            fmt::format("{} ({}) cannot {}", engine.words, remote::kind_words(engine.kind), what)};
}

}  // namespace hearth::serve::detail
