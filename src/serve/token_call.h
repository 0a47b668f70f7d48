#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::serve {

// POST /tokenize and /detokenize as llama-server has them ("content", "tokens"), with a "model"; and /api/tokenize and /api/detokenize
// with Ollama's names ("text" too). Pure.
enum class TokenForm : std::uint8_t { kTokenize, kDetokenize };

struct TokenCall {
    std::string model;
    std::string body;  // of the engine's request
};

// Errors: kInvalidInput for what is missing or of another kind.
[[nodiscard]] Result<TokenCall> token_call(std::string_view body, TokenForm form);

// The same for vLLM and SGLang, which call the text "prompt". Errors: kInvalidInput when the call's body is none.
[[nodiscard]] Result<std::string> vllm_token_body(const TokenCall& call, TokenForm form);

// The engine's answer, of any kind that has tokens, under the names of both.
[[nodiscard]] Result<std::string> token_answer(std::string_view answer, TokenForm form);

}  // namespace hearth::serve
