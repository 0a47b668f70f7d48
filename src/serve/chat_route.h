#pragma once
#include <boost/asio/awaitable.hpp>

#include "net/http_server.h"
#include "serve/chat_call.h"
#include "serve/gate.h"
#include "serve/model_pool.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// What the routes share.
struct Desk {
    ModelPool& pool;
    Gate& gate;
};

// Takes a request that was decoded from any dialect to an engine and the answer back through the dialect's encoder: asks the gate, waits
// for the model and a slot, streams, and tells a failure in the dialect's form. An engine that dies before anything was sent is
// started again and asked once more. When the client goes away the engine stops generating. The ledger's row is written before the end of
// the answer is sent. `dialect` as in the ledger.
[[nodiscard]] boost::asio::awaitable<void> answer_chat(const Desk& desk, const Caller& caller,
                                                       std::string dialect, ChatCall call,
                                                       ReplyEncoder& encoder, net::Responder& responder);

// Number of tokens of the prompt that the call would send. Errors: as the gate's and the pool's, and the engine's.
[[nodiscard]] net::Task<Tokens> count_prompt(const Desk& desk, const Caller& caller, ChatCall call);

}  // namespace hearth::serve
