#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/run_event.h"
#include "chat/message.h"

namespace hearth::agent {

// Takes one record, a JSON object without a line feed.
using LineSink = std::function<void(std::string_view line)>;

// Writes what happens in a run as records of pi's event stream (version 1.5.2), each in its own line.
//
// An answer streams as blocks of its content, in the order in which they begin: text, thinking, one a tool call. Each has a start
// and deltas; the ends, which have the whole of each, come before the end of the message, as do blocks that the stream did not have (calls that
// were found in the text).
// Threads: one owner.
class EventWriter {
public:
    explicit EventWriter(LineSink lines) : lines_(std::move(lines)) {}

    void write(const RunEvent& event);

private:
    enum class Kind : std::uint8_t { kText, kThinking, kCall };

    struct Block {
        Kind kind = Kind::kText;
        int call = 0;  // of kCall: which of the answer
        chat::ToolCall head;
    };

    void piece(const chat::Event& event);
    void grow(Kind kind, int call, const chat::ToolCallDelta* head, const std::string& text);
    void close(std::size_t index, const chat::Message& answer);
    void finish(const chat::Message& answer);
    void update(std::string_view fields);

    LineSink lines_;
    std::vector<Block> blocks_;  // of the answer under way
};

}  // namespace hearth::agent
