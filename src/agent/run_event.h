#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "chat/message.h"

namespace hearth::agent {

// What happens in a run, for whoever shows it as a stream of records (event_json.h). Messages and entries are the JSON that the
// session has of them. event.h has what a person is told.

struct AgentStarted {};

struct AgentEnded {
    std::vector<std::string> messages;  // of this run, in their order
    bool will_retry = false;
};

// Nothing goes on by itself any more.
struct AgentSettled {
    bool aborted = false;
};

struct TurnBegan {};

struct TurnEnded {
    std::string message;  // the answer
    std::vector<std::string> results;
};

struct MessageBegan {
    std::string message;  // an answer has no content yet
};

// A piece of the answer under way.
struct MessagePiece {
    chat::Event piece;
};

// The end of a message that was begun; `answer` is set for an answer, whose parts the stream may not have had.
struct MessageEnded {
    std::string message;
    const chat::Message* answer = nullptr;  // for the length of the call
    bool failed = false;                    // an answer that was not given to its end
};

struct ToolBegan {
    chat::ToolCall call;
};

struct ToolOutput {
    chat::ToolCall call;
    std::string text;  // all of it so far
};

struct ToolEnded {
    chat::ToolCall call;
    std::string text;
    std::string details;  // JSON, or empty
    bool is_error = false;
    std::int64_t duration_ms = -1;  // less than 0 when it did not run
    std::vector<chat::Image> images = {};
};

struct QueueChanged {
    std::vector<std::string> steering;
    std::vector<std::string> follow_ups;
};

struct EntryAppended {
    std::string entry;
};

struct NameChanged {
    std::string name;
};

struct ThinkingChanged {
    std::string level;
};

struct CompactionBegan {
    std::string reason;  // "manual", "threshold", "overflow"
};

struct CompactionEnded {
    std::string reason;
    std::string result;  // JSON; empty when it failed or was stopped
    bool aborted = false;
    bool will_retry = false;
    std::string error;
};

struct RetryBegan {
    int attempt = 1;
    int max_attempts = 3;
    std::int64_t delay_ms = 0;
    std::string error;
};

struct RetryEnded {
    bool success = false;
    int attempt = 1;
    std::string final_error;
};

using RunEvent =
    std::variant<AgentStarted, AgentEnded, AgentSettled, TurnBegan, TurnEnded, MessageBegan, MessagePiece,
                 MessageEnded, ToolBegan, ToolOutput, ToolEnded, QueueChanged, EntryAppended, NameChanged,
                 ThinkingChanged, CompactionBegan, CompactionEnded, RetryBegan, RetryEnded>;
using RunSink = std::function<void(const RunEvent&)>;

}  // namespace hearth::agent
