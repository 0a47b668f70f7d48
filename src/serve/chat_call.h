#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "chat/message.h"
#include "core/json.h"
#include "core/result.h"
#include "core/units.h"
#include "serve/fair_queue.h"

namespace hearth::serve {

// What of the engine's API a call asks for: POST /v1/chat/completions or /v1/completions.
enum class EngineApi : std::uint8_t { kChat, kText };

// One request for an answer, from whatever dialect: what the gateway must know, and the body for the engine.
struct ChatCall {
    std::string model;  // as the client named it
    EngineApi api = EngineApi::kChat;
    std::string body;                       // of the engine's request, complete; streamed
    std::vector<std::string> more_prompts;  // bodies for the other prompts of a request that has several
    std::optional<std::string> suffix;  // the answer goes between the prompt in the body and this (fill_in.h)
    bool stream = true;                 // to the client
    bool include_usage = true;  // whether a streaming client wants the counts (OpenAI's stream_options)
    int candidates = 1;         // answers to each prompt; a body asks for one
    Tokens context{0};          // window that it asks for; 0: none
    std::optional<std::chrono::seconds> keep_alive;
    bool usual_temperature = false;  // the body's is the dialect's usual one, not asked for
    std::vector<chat::Tool>
        tools;  // on offer: a call of one of them that is written out as text counts (text_call_filter.h)
    std::vector<std::string> stop_sequences;  // for a dialect that says which of them ended the answer
    bool forced_tool = false;  // the answer must be a call of one of the tools in the body (forced_call.h)
    double predicted_tokens = 1;
};

// The body of any dialect, already in the form of the chat API, made fit for an engine:
//     leading system turns become one; a later one becomes part of the user turn before it, or a user turn, because strict
//     templates refuse it elsewhere; "developer" is "system";
//     arguments of earlier tool calls that are no JSON object are wrapped in one;
//     "max_completion_tokens" is "max_tokens"; the answer is streamed with its counts;
//     tool_choice "required" or named sets forced_tool, with only that tool left; "none" leaves no tool.
// Errors: kInvalidInput when messages are missing or not of the API's form, for a named tool that is not there, or for images,
// which no engine here can see. Pure.
[[nodiscard]] Result<ChatCall> finish_chat_call(json::object body, ChatCall call);

// A request body as an object. Errors: kInvalidInput with the place where it is no JSON object.
[[nodiscard]] Result<json::value> parse_body(std::string_view body);

}  // namespace hearth::serve
