#pragma once
#include <boost/asio/awaitable.hpp>

#include "serve/chat_call.h"
#include "serve/reply_encoder.h"
#include "serve/visit.h"

namespace hearth::serve {

// Who keeps an answer beyond its request.
class ReplyKeeper {
public:
    virtual ~ReplyKeeper() = default;

    // Before the end of the answer is sent. An error ends the request with it.
    virtual net::Task<void> keep(const chat::Reply& reply) = 0;
};

// Takes a request that was decoded from any dialect to an engine and the answer back through the dialect's encoder: asks the gate, waits
// for the model and a slot, streams, and tells a failure in the dialect's form. An engine that dies before anything was sent is
// started again and asked once more. When the client goes away the engine stops generating. The ledger's row is written before the end of
// the answer is sent. `dialect` as in the ledger; `keeper` may be null.
[[nodiscard]] boost::asio::awaitable<void> answer_chat(const Visit& visit, std::string dialect, ChatCall call,
                                                       ReplyEncoder& encoder, ReplyKeeper* keeper = nullptr);

}  // namespace hearth::serve
