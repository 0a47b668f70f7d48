#pragma once
#include <memory>
#include <string>

#include "core/units.h"
#include "net/upstream.h"
#include "remote/access.h"
#include "remote/listing.h"

namespace hearth::serve {

// Who answers the request of a seat: a llama-server child of ours, or a server elsewhere. A value: it is good for as long as the seat.
struct Engine {
    net::Endpoint endpoint;
    remote::Kind kind = remote::Kind::kLlamaServer;
    Tokens window{0};   // of one answer; 0: not known, so a prompt is not checked here
    std::string words;  // "llama.cpp 0.5.0 (zen4)", "remote 'desk2'"

    // Of a server elsewhere; null for a child of ours.
    std::shared_ptr<const remote::Access> remote;
    std::string model;         // its name there
    bool newer_limit = false;  // it wants "max_completion_tokens" instead of "max_tokens"
    std::string via;           // what the request came through, this server included
    std::shared_ptr<net::Hangup>
        hangup;  // shared with the pool, which ends requests of a server that is gone

    [[nodiscard]] bool is_remote() const { return remote != nullptr; }

    // Has the routes and fields that only llama-server has: /apply-template, /completion, grammars.
    [[nodiscard]] bool is_llama_server() const { return kind == remote::Kind::kLlamaServer; }

    // Has /tokenize in llama-server's form, and counts the prompt of a chat.
    [[nodiscard]] bool counts_tokens() const { return is_llama_server() || kind == remote::Kind::kHearth; }
};

}  // namespace hearth::serve
