#include "serve/reply_stream.h"

#include <utility>
#include <variant>

#include "remote/request_body.h"
#include "serve/detail/chat_answers.h"

namespace hearth::serve {

ReplyStream::ReplyStream(const ChatCall& call, ReplyEncoder& encoder, Origin origin)
    : call_(call), encoder_(encoder), origin_(origin), filter_(call.tools) {}

ReplyStream::Fed ReplyStream::feed(std::string_view piece) {
    Fed fed;
    const Status parsed = parser_.feed(piece, [&](const net::SseEvent& event) {
        for (const std::string& chunk : filter_.pass(event.data))
            if (fed.status) fed.status = take_chunk(chunk, fed.out);
    });
    if (fed.status) fed.status = parsed;
    return fed;
}

Status ReplyStream::take_chunk(const std::string& chunk, std::string& out) {
    const auto to_client = [&](const chat::Event& event) {
        if (call_.stream) out += encoder_.event(event);
    };
    const auto on_event = [&](const chat::Event& event) {
        if (detail::is_of_answer(event)) ++pieces_;
        if (std::holds_alternative<chat::CandidateDone>(event)) order_.finish(to_client);
        order_.take(event, to_client);
        return true;
    };
    TRY(decoder_.feed(chunk, on_event));
    if (decoder_.done()) order_.finish(to_client);
    if (call_.stream)
        out += encoder_.payload(origin_.index == 0 && !origin_.renamed
                                    ? chunk
                                    : remote::renamed_chunk(chunk, call_.model, origin_.index));
    return {};
}

chat::Reply ReplyStream::take() && { return detail::with_call_reasons(std::move(decoder_).take()); }

}  // namespace hearth::serve
