#pragma once
#include <memory>
#include <string>

#include "chat/cloud_endpoint.h"
#include "chat/message.h"
#include "chat/stream_decoder.h"

namespace hearth::chat {

// Google's generateContent API (Gemini), as a stream of server-sent events.

// The body of a request. Thinking: a number is a budget of tokens, a word a level ("thinkingLevel"); of a model without a map of its own the level's
// word. An answer in a form comes without tools, which the API does not combine.
// Pure.
[[nodiscard]] std::string encode_google_request(const Request& request, const CloudEndpoint& endpoint);

[[nodiscard]] std::unique_ptr<StreamDecoder> make_google_decoder();

}  // namespace hearth::chat
