#pragma once
#include <memory>
#include <string>

#include "chat/cloud_endpoint.h"
#include "chat/message.h"
#include "chat/stream_decoder.h"

namespace hearth::chat {

// OpenAI's Responses API, which Azure has as well.

// The body of a request. Nothing is kept at the provider ("store" is false), so that a thinking model's thoughts come encrypted and go back with
// the next request. Pure.
[[nodiscard]] std::string encode_responses_request(const Request& request, const CloudEndpoint& endpoint);

[[nodiscard]] std::unique_ptr<StreamDecoder> make_responses_decoder();

}  // namespace hearth::chat
