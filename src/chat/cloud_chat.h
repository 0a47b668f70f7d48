#pragma once
#include <memory>
#include <string>

#include "chat/cloud_endpoint.h"
#include "chat/message.h"
#include "chat/stream_decoder.h"

namespace hearth::chat {

// The OpenAI chat API of servers elsewhere (for our own engine: openai_provider.h), and Mistral's form of it. Mistral wants ids of calls of nine letters
// and digits and takes no "stream_options"; its answers may be lists of pieces, of text and of thought, and number all calls 0.

// The body of a request, as the endpoint's variant has it. Pure.
[[nodiscard]] std::string encode_cloud_chat_request(const Request& request, const CloudEndpoint& endpoint);

[[nodiscard]] std::unique_ptr<StreamDecoder> make_cloud_chat_decoder(Dialect dialect);

}  // namespace hearth::chat
