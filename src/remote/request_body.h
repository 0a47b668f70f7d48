#pragma once
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "remote/listing.h"

namespace hearth::remote {

// Who gets a body.
struct Recipient {
    Kind kind = Kind::kOpenAi;
    std::string model;         // its name there
    bool newer_limit = false;  // it wants "max_completion_tokens" instead of "max_tokens"
};

// The body of a request as it goes to a server elsewhere: with the model's name there, and for a kind that is no llama-server without
// the fields that only such a one has: those that are kept are of the OpenAI API, and for vLLM and SGLang their own ones for sampling.
// `route` is "/v1/chat/completions", "/v1/completions" or another one, whose fields are left alone.
// Errors: kInvalidInput when it is no JSON object. Pure.
[[nodiscard]] Result<std::string> request_body(const Recipient& recipient, std::string_view route,
                                               std::string_view body);

// A chat's body that asks for a call of one of its tools in the API's own way (tool_choice). Pure; errors as above.
[[nodiscard]] Result<std::string> with_forced_tool(std::string_view body);

// A text completion's body that asks for what stands between its prompt and the suffix. Pure; errors as above.
[[nodiscard]] Result<std::string> with_suffix(std::string_view body, std::string_view suffix);

// A chunk of a stream as a client of this server gets it: under the name that it asked for, as the answer of that number.
// What is no chunk comes back as it is. Pure.
[[nodiscard]] std::string renamed_chunk(std::string_view chunk, std::string_view model, int index);

}  // namespace hearth::remote
