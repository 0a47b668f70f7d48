#include "serve/status_stream.h"

#include "core/json.h"
#include "serve/ollama_chat.h"

namespace hearth::serve {

std::string status_line(std::string_view status) { return "{\"status\":" + json_quote(status) + "}\n"; }

net::Task<void> StatusStream::lines(std::string lines) {
    if (!streamed_ || lines.empty()) co_return Status();
    if (responder_.fresh()) {
        net::Headers headers = {{"Content-Type", "application/x-ndjson"}, {"Cache-Control", "no-cache"}};
        CO_CHECK(co_await responder_.begin(200, std::move(headers)));
    }
    CO_CHECK(co_await responder_.write(std::move(lines)));
    co_return Status();
}

net::Task<void> StatusStream::say(const std::string& status) { return lines(status_line(status)); }

boost::asio::awaitable<void> StatusStream::end(Status outcome) {
    if (!responder_.fresh()) {
        std::string last =
            outcome ? status_line("success") : ollama_error_response(outcome.error()).body + "\n";
        CO_IGNORE(co_await responder_.write(std::move(last)));
        CO_IGNORE(co_await responder_.finish());
        co_return;
    }
    net::WholeResponse whole =
        outcome ? json_response(R"({"status":"success"})") : ollama_error_response(outcome.error());
    CO_IGNORE(co_await responder_.send(whole.status, std::move(whole.headers), std::move(whole.body)));
}

}  // namespace hearth::serve
