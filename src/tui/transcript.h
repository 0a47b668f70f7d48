#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/entry.h"
#include "agent/run_event.h"
#include "chat/message.h"
#include "tui/block.h"

namespace hearth::tui {

// What the footer says of the answers so far.
struct Counts {
    std::int64_t input = 0;    // tokens of prompts that the engine read
    std::int64_t output = 0;   // tokens of answers
    std::int64_t cached = 0;   // tokens of prompts that came from the engine's cache
    std::int64_t context = 0;  // of the last request and its answer
    double cost = 0;           // US dollars; 0 where no price is known
    double rate = 0;           // tokens a second of the last answer; 0 when it is not known
};

// A conversation as blocks, made from the entries of a session and from what happens in runs. Blocks that are done stand before those
// that still change, so that the former can be written once.
// Threads: one owner. Pure but for its own state.
class Transcript {
public:
    // Takes a session's branch in place of all.
    void load(const std::vector<const agent::Entry*>& path);

    // `answer`: of MessageEnded, when it ended an answer (its pointer is not used).
    void event(const agent::RunEvent& event, const chat::Message* answer);

    void add(Block block);

    // A command of a person, by a key of the caller's.
    void shell_began(std::string_view key, std::string command, bool excluded);
    void shell_output(std::string_view key, std::string_view piece);
    void shell_ended(std::string_view key, std::optional<std::string> output, bool failed);

    [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }

    // How many of them, from the first, do not change any more.
    [[nodiscard]] std::size_t done();

    [[nodiscard]] const Counts& counts() const { return counts_; }

private:
    void piece(const chat::Event& event);
    void answer_ended(const agent::MessageEnded& event, const chat::Message& answer);
    void message_began(std::string_view message);
    void tool_ended(const agent::ToolEnded& event);
    void grow_answer(std::string_view text);
    void close_streams();
    void count(std::string_view message);
    void load_answer(const agent::Entry& entry);
    void load_entry(const agent::Entry& entry);
    Block* running_tool(const std::string& id);

    std::vector<Block> blocks_;
    std::string streamed_;           // all text of the answer under way
    std::size_t settled_bytes_ = 0;  // of it, in blocks that are done
    std::size_t done_ = 0;
    std::vector<std::pair<std::string, std::size_t>> shells_;  // running, with the place of their block
    Counts counts_;
};

// The text of a message in the session's JSON: of a string, or of its parts of text.
[[nodiscard]] std::string message_text(std::string_view message);

}  // namespace hearth::tui
