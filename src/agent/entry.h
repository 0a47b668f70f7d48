#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "chat/message.h"

namespace hearth::agent {

// What a session keeps of one message beside its text.
struct MessageFacts {
    std::string provider = "hearth";         // assistant: who served the model
    std::string model;                       // assistant: who wrote it
    std::string api = "openai-completions";  // assistant: that it was asked by
    chat::Usage usage;                       // assistant
    chat::StopReason reason = chat::StopReason::kStop;
    bool aborted = false;           // assistant: stopped by a person before its end
    std::string error_message;      // assistant: why it failed
    bool is_error = false;          // tool result
    std::string tool_name;          // tool result
    std::string details;            // tool result: a JSON object for whoever shows it, never sent to a model
    std::string tools;              // system: the tools that it declares, a JSON array
    std::int64_t duration_ms = -1;  // tool result: how long it ran; less than 0 when it did not
    std::int64_t unix_ms = 0;       // when it was said; 0: when it is written
};

struct Entry {
    std::string id;
    std::string parent_id;  // empty for the first
    std::string type;       // "message", "custom", or another of the format (branch.h)
    // What a model is told of it. Of a "message" with every role, a "custom_message", a "branch_summary" and a "compaction".
    std::optional<chat::Message> message;
    MessageFacts facts;
    std::string role;         // of a message, as the file has it: "user", "toolResult", "bashExecution", …
    std::string custom_type;  // of a custom entry
    std::string custom_data;  // JSON
    // The entry that is spoken of: by a label or a context edit; of a compaction the first that is kept.
    std::string target_id;
    // Text of a label, a session's name, a level of thinking, a context edit's replacement; nothing where it is taken away.
    std::optional<std::string> text;
    bool hidden = false;  // a message that no model is to see (a command that was left out of the context)
    std::string json;     // the whole entry, as its line has it without hearth's mark
};

}  // namespace hearth::agent
