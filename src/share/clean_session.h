#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/session.h"
#include "core/known_secrets.h"

namespace hearth::share {

// What must not leave this machine with a session.
struct CleaningTerms {
    std::string home;                       // of the person; becomes "~"
    const KnownSecrets* secrets = nullptr;  // found in any form; may be null
    std::vector<std::string> denied;  // texts, whatever their case, with which a session is not shared at all
    bool keep_images = false;
};

// What was found, for the person who decides.
struct Findings {
    std::size_t secrets = 0;          // places with one that is known
    std::size_t patterns = 0;         // places that look like one, and home folders
    std::size_t images = 0;           // left out
    std::vector<std::string> denied;  // texts of the terms that stand in it
};

// A session as it would be shared.
struct CleanSession {
    std::string id;
    std::string created;       // ISO
    std::string lines;         // the session in pi's format, which pi and hearth can read
    std::string record;        // one JSON object on one line: the conversation as a dataset has it
    std::string transcript;    // the same to be read
    std::string first_words;   // of the user's first message
    std::size_t messages = 0;  // of the conversation
    Findings found;
};

// Every text of the session, names of members too, without what the terms say. State that is told to no model (custom entries) keeps its place and
// loses its content, as do signatures of thinking, which only their maker can read. The record has id, created, models, messages (role, text, tool_calls
// with name and arguments, tool, is_error), prompt_tokens and generated_tokens.
// Pure. Cost: linear.
[[nodiscard]] CleanSession clean_session(const agent::SessionContent& content, const CleaningTerms& terms);

}  // namespace hearth::share
