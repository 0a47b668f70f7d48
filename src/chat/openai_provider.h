#pragma once
#include <memory>
#include <string>
#include <vector>

#include "chat/provider.h"
#include "net/http_client.h"

namespace hearth::chat {

struct OpenAiEndpoint {
    net::Address address;
    std::string path_prefix;     // before "/v1/chat/completions"; usually empty
    std::string model;           // name to ask for when the request has none
    Tokens context_window{0};
    bool local_extras = true;    // llama-server: grammar, n candidates, prompt progress, /tokenize
};

// The OpenAI chat API with streaming, as llama-server speaks it.
[[nodiscard]] std::unique_ptr<Provider> make_openai_provider(OpenAiEndpoint endpoint);

// The request body for a chat request; pure, for golden tests.
[[nodiscard]] std::string encode_openai_request(const Request& request, const OpenAiEndpoint& endpoint);

// Puts one answer together from its stream chunks ("data:" payloads), and tells the events. Pure but for the sink.
class OpenAiStreamDecoder {
public:
    explicit OpenAiStreamDecoder(int candidates);

    // One payload of the event stream. False from the sink is remembered in stopped().
    // Errors: kCorrupt when it is not a chunk; kInvalidInput or kUnavailable when it is an error object.
    [[nodiscard]] Status feed(std::string_view payload, const EventSink& sink);

    [[nodiscard]] bool stopped() const { return stopped_; }

    [[nodiscard]] bool done() const { return done_; }

    [[nodiscard]] Reply take() &&;

private:
    Reply reply_;
    bool stopped_ = false;
    bool done_ = false;
};

}  // namespace hearth::chat
