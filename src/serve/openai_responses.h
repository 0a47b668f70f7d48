#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "serve/chat_call.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// OpenAI's POST /v1/responses, translated to the chat API and back. JSON is carried as text.

// What a request builds on, to be looked up before it can be read.
struct ResponsesReferences {
    std::string previous;            // previous_response_id; empty when there is none
    std::vector<std::string> items;  // ids of its "item_reference" items
};

// Errors: kInvalidInput when the body is no JSON object. Pure.
[[nodiscard]] Result<ResponsesReferences> responses_references(std::string_view body);

// What was found for them.
struct ResponsesHistory {
    std::vector<std::string> earlier;          // lists of items, oldest first
    std::map<std::string, std::string> items;  // that are referred to, by id
};

// A tool as its client calls it.
struct ClientTool {
    std::string name;
    std::string space;    // the namespace it is in; empty when it is in none
    bool custom = false;  // takes a text, not an object
};

struct ResponsesCall {
    ChatCall chat;
    std::string id;  // of the answer, "resp_..."
    bool store = true;
    std::string previous;
    std::string input;                        // list of this request's items, each with an id
    std::string echo;                         // object: what the answer repeats of the request
    std::map<std::string, ClientTool> tools;  // by the name that the model sees
};

// Items become messages: what an assistant thought, said and called in a row is one turn, results of tools are turns of their own.
// Tools in a namespace are called "space__tool"; a custom tool is a function with one text, "input". What runs at OpenAI (web search
// and its like) is left out of tools and history. text.format becomes response_format.
// Errors: kInvalidInput for what cannot be passed on (images, files, background, conversation, an item of an unknown type or that was
// not found), and as finish_chat_call. Pure but for ids.
[[nodiscard]] Result<ResponsesCall> responses_call(std::string_view body, const ResponsesHistory& history);

// The answer as a response object, or as events, each with its sequence_number: an output item for what was thought, for what was
// said, and for each call.
class ResponsesEncoder : public ReplyEncoder {
public:
    // The finished response, as it is kept. end() and whole() send the same one.
    virtual std::string response(const chat::Reply& reply) = 0;
};

[[nodiscard]] std::unique_ptr<ResponsesEncoder> responses_encoder(const ResponsesCall& call);

// The response that an item's id belongs to; empty when it is none of ours. Pure.
[[nodiscard]] std::string response_of_item(std::string_view item);

}  // namespace hearth::serve
