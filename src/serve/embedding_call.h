#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "net/http_server.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// Vectors of texts: OpenAI's POST /v1/embeddings, Ollama's POST /api/embed and its older /api/embeddings. All pure.
enum class EmbeddingForm : std::uint8_t { kOpenAi, kOllama, kOllamaOne };

// A text, or one that is tokens already.
struct EmbeddingInput {
    std::string text;
    std::vector<std::int64_t> tokens;  // where there are any, the text is empty
};

struct EmbeddingCall {
    std::string model;
    EmbeddingForm form = EmbeddingForm::kOpenAi;
    std::vector<EmbeddingInput> inputs;  // none: Ollama's clients load the model so
    bool truncate = false;               // else an input that is longer than the window is refused
    bool base64 = false;
    std::size_t dimensions = 0;  // 0: all that the model has
    Tokens context{0};           // window that it asks for
    std::optional<std::chrono::seconds> keep_alive;
};

// Errors: kInvalidInput for a missing model, an input of another kind, and more than 2048 inputs.
[[nodiscard]] Result<EmbeddingCall> embedding_call(std::string_view body, EmbeddingForm form);

// The engine's request (POST /v1/embeddings).
[[nodiscard]] std::string embedding_body(const std::vector<EmbeddingInput>& inputs);

struct Embeddings {
    std::vector<std::vector<float>> vectors;  // one an input, in their order, each of length 1
    Tokens prompt{0};
};

// From the engine's answer to `count` inputs, cut to `dimensions` where that is not 0, and brought to length 1 again.
// Errors: kCorrupt when it is no such answer; kInvalidInput when the model has fewer dimensions.
[[nodiscard]] Result<Embeddings> read_embeddings(std::string_view answer, std::size_t count,
                                                 std::size_t dimensions);

[[nodiscard]] std::string embedding_answer(const EmbeddingCall& call, const Embeddings& found,
                                           const Timing& timing);

}  // namespace hearth::serve
