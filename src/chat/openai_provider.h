#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/provider.h"
#include "net/http_client.h"

namespace hearth::chat {

struct OpenAiEndpoint {
    net::Address address;
    std::string path_prefix;  // before "/v1/chat/completions"; usually empty
    std::string model;        // name to ask for when the request has none
    Tokens context_window{0};
    bool local_extras = true;  // llama-server: grammar, repeat penalty, prompt progress, timings, /tokenize
};

// The OpenAI chat API with streaming, as llama-server speaks it.
[[nodiscard]] std::unique_ptr<Provider> make_openai_provider(OpenAiEndpoint endpoint);

// The request body for a chat request; pure, for golden tests. What a server would choke on is put right: bytes that
// are no UTF-8 are replaced; tool-call arguments in the history that are no JSON object (a small model wrote
// them) become {"malformed": "<the text>"}; a tool whose parameters are no schema object takes any object. Images are named
// in words: no server that is asked this way sees.
[[nodiscard]] std::string encode_openai_request(const Request& request, const OpenAiEndpoint& endpoint);

// Puts answers together from the chunks of a stream ("data:" payloads), of chat or of text completions, and tells the events. Pure but
// for the sink.
//
// Usage: llama-server 0.5.0 sends one usage chunk a candidate, right after the chunk with its finish_reason (a cloud
// sends one for all), so generated tokens are summed and the shared prompt is counted once. Candidates decode at the
// same time, so of their times the longest counts. A stream that the sink stopped has no usage chunk: then the
// counts are those of the last timings of each candidate, which llama-server adds to every chunk on request.
// Threads: one owner.
class OpenAiStreamDecoder {
public:
    explicit OpenAiStreamDecoder(int candidates);

    // One payload of the event stream. False from the sink is remembered in stopped(); no events follow.
    // Errors: kCorrupt when it is not a chunk, names a candidate that was not asked for, or breaks a limit;
    // what the server said when it is an error object (openai_error in detail/ maps it).
    [[nodiscard]] Status feed(std::string_view payload, const EventSink& sink);

    [[nodiscard]] bool stopped() const { return stopped_; }

    // The end mark of the stream was seen.
    [[nodiscard]] bool done() const { return done_; }

    // Every answer has its finish reason; counts may follow.
    [[nodiscard]] bool finished() const;

    // What has come so far. An answer without a finish reason has kStop when the sink stopped it, else kError.
    [[nodiscard]] Reply take() &&;

private:
    struct Chunk;

    struct Progress {  // of one candidate
        bool finished = false;
        std::int64_t generated = 0;
        std::int64_t drafted = 0;
        std::int64_t accepted = 0;
        double prompt_ms = 0;
        double decode_ms = 0;
    };

    void tell(const Event& event, const EventSink& sink);
    Status take_choice(const Chunk& chunk, const EventSink& sink);
    Status take_tool_calls(const Chunk& chunk, int candidate, const EventSink& sink);
    Status take_end(const Chunk& chunk, int candidate, const EventSink& sink);
    Status grow(std::size_t bytes);
    void take_progress(const Chunk& chunk, const EventSink& sink);
    void take_timings(const Chunk& chunk);
    void take_usage(const Chunk& chunk);

    Reply reply_;
    std::vector<Progress> progress_;
    std::size_t last_candidate_ = 0;  // that a chunk spoke of; a usage chunk names none
    std::int64_t usage_generated_ = 0;
    std::int64_t prompt_done_ = -1;
    std::size_t bytes_ = 0;
    bool has_usage_ = false;
    bool stopped_ = false;
    bool done_ = false;
};

}  // namespace hearth::chat
