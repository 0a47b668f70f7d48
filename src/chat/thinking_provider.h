#pragma once
#include <memory>
#include <string>

#include "chat/provider.h"

namespace hearth::chat {

struct ThinkingLimits {
    Tokens budget{1024};  // of a request that names none
    // What the model says when its budget is used up, before its answer.
    std::string end_words = "\n\nI have thought about this for long enough and give my answer now.\n";
};

// Keeps the thinking of a model in bounds:
// - each request has a budget, its own or the one of the limits; its longest answer is longer by that much, and no longer;
// - a request that gives the answer's beginning has no thinking, for which there is no place;
// - where a whole answer was thinking, cut at its limit, the request is sent once more without any. Whoever listens is told of the end of
//   the second answer alone; the counts of both are in the reply.
// A model that does not think answers as it did, but for the longer limit.
// Threads: as the provider that it hands on to.
[[nodiscard]] std::unique_ptr<Provider> make_thinking_provider(std::unique_ptr<Provider> provider,
                                                               ThinkingLimits limits);

}  // namespace hearth::chat
