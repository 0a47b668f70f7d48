#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "chat/cloud_endpoint.h"
#include "chat/message.h"
#include "chat/stream_decoder.h"

namespace hearth::chat {

// Amazon Bedrock's ConverseStream API. The model stands in the address alone; answers come in Amazon's binary event stream
// (net/event_stream.h), of which the decoder is fed with each event by its name (detail/named_event.h).

// The body of a request. Messages of one side that follow each other are one; texts without a letter are left out, which the API refuses. Tools that
// earlier messages speak of are declared where the request has none any more, which the API wants. Points of the cache stand where
// cache_points_of() says that the model takes them.
//
// Thinking: of Claude as in anthropic_messages.h, of "openai.gpt-oss" a word; of other models nothing is said. An answer in a form is a call that has to
// be made, as there.
// Pure.
[[nodiscard]] std::string encode_bedrock_request(const Request& request, const CloudEndpoint& endpoint);

[[nodiscard]] std::unique_ptr<StreamDecoder> make_bedrock_decoder();

// Where a model takes points of the cache; it refuses a request with one elsewhere.
struct CachePoints {
    bool prompt = false;  // behind the system prompt, and at the end
    bool tools = false;   // behind the tools
};

// By its id: Claude from 3.5 Haiku and 3.7 on, and Nova, which has none behind tools. An id that does not tell the model
// ("arn:aws:bedrock:…:application-inference-profile/…") has none. Source: AWS's documentation, "Prompt caching". Pure.
[[nodiscard]] CachePoints cache_points_of(std::string_view model);

}  // namespace hearth::chat
