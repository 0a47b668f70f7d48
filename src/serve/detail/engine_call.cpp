#include "serve/detail/engine_call.h"

#include <boost/json.hpp>

#include "chat/openai_error.h"
#include "net/upstream.h"

namespace hearth::serve::detail {

net::HttpRequest json_post(std::string target, std::string body) {
    return {.method = "POST",
            .target = std::move(target),
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
}

net::Task<json::value> ask_engine(net::Address address, std::string target, std::string body,
                                  std::size_t max_answer) {
    net::HttpRequest request = json_post(std::move(target), std::move(body));
    CO_TRY(const auto answer, co_await net::open_upstream(std::move(address), std::move(request)));
    CO_TRY(const std::string text, co_await net::read_all(*answer, max_answer));
    if (answer->status() != 200) co_return chat::openai_error_body(text, answer->status());
    Result<json::value> value = parse_json(text);
    co_return value;
}

}  // namespace hearth::serve::detail
