#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "core/json.h"
#include "net/task.h"
#include "net/upstream.h"
#include "remote/failure.h"
#include "serve/engine.h"

namespace hearth::serve::detail {

// Sends a POST with a JSON body to an engine and waits for the head of the answer. `route` is llama-server's; the body is made fit for what
// the engine is (remote/request_body.h). Errors: as net::open_upstream; those of a remote name it.
[[nodiscard]] net::Task<std::unique_ptr<net::UpstreamResponse>> open_engine(Engine engine, std::string route,
                                                                            std::string body);

// What an answer other than 200 says. The body is read for it.
[[nodiscard]] boost::asio::awaitable<remote::Failure> refusal_of(const Engine& engine, std::string route,
                                                                 net::UpstreamResponse& answer);

// All of an answer with status 200. Errors: as open_engine() and net::read_all; what the engine said when it refuses.
[[nodiscard]] net::Task<std::string> ask_engine_text(Engine engine, std::string route, std::string body,
                                                     std::size_t max_answer);

// The same where the answer is JSON. Errors: kCorrupt when it is none.
[[nodiscard]] net::Task<json::value> ask_engine(Engine engine, std::string route, std::string body,
                                                std::size_t max_answer);

// "remote 'x' cannot do this".
[[nodiscard]] Error cannot(const Engine& engine, std::string_view what);

}  // namespace hearth::serve::detail
