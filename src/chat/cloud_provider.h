#pragma once
#include <memory>
#include <string>

#include "chat/cloud_endpoint.h"
#include "chat/provider.h"
#include "chat/stream_decoder.h"

namespace hearth::chat {

// A model elsewhere, in any of the dialects. Several candidates are asked for one after the other; a grammar is kUnsupported; of sampling
// only what the endpoint says is sent; tokens cannot be counted.
// Errors of stream(): as Provider has them, and kPermission (the key), kNotFound (the model), each with the provider's name in front; those
// that may pass say how long to wait where the provider does. No error and no answer of a provider holds the key.
// Threads: one call at a time.
[[nodiscard]] std::unique_ptr<Provider> make_cloud_provider(CloudEndpoint endpoint);

// The parts that depend on the dialect; pure. Images of results stand in them where the dialect has a place for them there, else behind the
// last result of an answer as something that the user says.
[[nodiscard]] std::string encode_cloud_request(const Request& request, const CloudEndpoint& endpoint);
[[nodiscard]] std::unique_ptr<StreamDecoder> make_cloud_decoder(Dialect dialect);

// The path and query of a request: "/v1/messages".
[[nodiscard]] std::string cloud_target(const CloudEndpoint& endpoint);

}  // namespace hearth::chat
