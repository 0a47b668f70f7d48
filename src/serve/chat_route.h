#pragma once
#include <boost/asio/awaitable.hpp>

#include "net/http_server.h"
#include "serve/chat_call.h"
#include "serve/model_pool.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// Takes a request that was decoded from any dialect to an engine and the answer back through the dialect's encoder: waits for the
// model and a slot, streams, and tells a failure in the dialect's form. An engine that dies before anything was sent is started again
// and asked once more. When the client goes away the engine stops generating.
[[nodiscard]] boost::asio::awaitable<void> answer_chat(ModelPool& pool, const std::string& client,
                                                       ChatCall call, ReplyEncoder& encoder,
                                                       net::Responder& responder);

// Number of tokens of the prompt that the call would send. Errors: as the pool's, and the engine's.
[[nodiscard]] net::Task<Tokens> count_prompt(ModelPool& pool, const std::string& client, ChatCall call);

}  // namespace hearth::serve
