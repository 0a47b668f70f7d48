#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "chat/message.h"
#include "chat/openai_provider.h"
#include "net/sse.h"
#include "serve/calls_in_order.h"
#include "serve/chat_call.h"
#include "serve/reply_encoder.h"
#include "serve/text_call_filter.h"

namespace hearth::serve {

// One answer on its way from an engine's event stream to what the client gets, in pieces of any size: calls that are written out as text
// become calls, and a call is whole before the next thing begins. A client that wants no stream gets nothing here. Pure but for new ids of
// such calls. Threads: one owner.
class ReplyStream {
public:
    // Which answer it is, of those that the call asks for, and whether its chunks bear another name of the model, as those of a remote do.
    struct Origin {
        int index = 0;
        bool renamed = false;
    };

    // Both outlive it.
    ReplyStream(const ChatCall& call, ReplyEncoder& encoder, Origin origin);

    // What a piece of the stream comes to: bytes for the client, which have to be sent also when something is wrong behind them, because
    // the encoder counts on it.
    struct Fed {
        std::string out;
        Status status;  // errors: as SseParser and OpenAiStreamDecoder
    };

    [[nodiscard]] Fed feed(std::string_view piece);

    // The end mark was seen.
    [[nodiscard]] bool done() const { return decoder_.done(); }

    // Pieces of what the model said so far; an engine of ours sends one a token.
    [[nodiscard]] std::int64_t pieces() const { return pieces_; }

    [[nodiscard]] chat::Reply take() &&;

private:
    Status take_chunk(const std::string& chunk, std::string& out);

    const ChatCall& call_;
    ReplyEncoder& encoder_;
    Origin origin_;
    net::SseParser parser_;
    TextCallFilter filter_;
    chat::OpenAiStreamDecoder decoder_{1};
    CallsInOrder order_;
    std::int64_t pieces_ = 0;
};

}  // namespace hearth::serve
