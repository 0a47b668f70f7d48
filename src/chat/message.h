#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chat/image.h"
#include "chat/thinking.h"
#include "core/units.h"

namespace hearth::chat {

// Provider-neutral messages. JSON inside (arguments, schemas) is carried as text.

enum class Role : std::uint8_t { kSystem, kUser, kAssistant, kTool };

struct ToolCall {
    std::string id;
    std::string name;
    std::string arguments;       // JSON object as the model wrote it; may be malformed
    std::string signature = {};  // of the thought that led to it, as Thought::signature
};

// A thought as its provider signed it. It goes back there word for word, and to no other model (hand_off.h).
struct Thought {
    std::string text;
    std::string signature;  // opaque: each dialect has its own
    bool redacted = false;  // the provider keeps the text to itself; the signature holds it
};

struct Message {
    Role role = Role::kUser;
    std::string text;
    std::string reasoning;             // assistant only; sent back only if the template wants it
    std::vector<ToolCall> tool_calls;  // assistant only
    std::string tool_call_id;          // tool only: the call that this answers
    std::vector<Thought> thoughts =
        {};                   // assistant only: `reasoning` in pieces, where its provider signed any of them
    std::string author = {};  // assistant only: "PROVIDER/MODEL" that wrote it; empty where nobody knows
    std::vector<Image> images = {};  // user and tool only; they stand behind the text
};

struct Tool {
    std::string name;
    std::string description;
    std::string parameters;  // JSON schema of an object
};

struct Sampling {
    double temperature = 0.0;
    std::optional<double> top_p;
    std::optional<std::int64_t> seed;
    std::optional<double> repeat_penalty;
};

struct Request {
    std::string model;
    std::vector<Message> messages;
    std::vector<Tool> tools;
    Sampling sampling;
    Tokens max_tokens{0};           // 0: the provider's own limit
    std::vector<std::string> stop;  // strings that end the answer
    int candidates = 1;             // independent answers to the same prefix, generated in one batch
    std::string grammar;            // GBNF; only an engine of ours can do it
    // JSON schema that the answer's text has to follow; tools are not called then. A server that cannot do it answers in its own way.
    std::string answer_schema;
    // The most that a model may think before it answers; 0: not at all. Empty: as its template has it. Only an engine of ours keeps to it: at
    // the limit it has the model say `thinking_end` and end its thinking, whatever it was about to say.
    std::optional<Tokens> thinking_budget;
    std::string thinking_end;
    ThinkingLevel thinking = ThinkingLevel::kOff;  // of models elsewhere, which make of it what they have
};

// What was paid, in US dollars, as providers' prices are.
struct Cost {
    double input = 0;  // of the prompt, beside what a cache spared or kept
    double output = 0;
    double cache_read = 0;
    double cache_write = 0;

    [[nodiscard]] double total() const { return input + output + cache_read + cache_write; }

    friend Cost operator+(const Cost& a, const Cost& b) {
        return {a.input + b.input, a.output + b.output, a.cache_read + b.cache_read,
                a.cache_write + b.cache_write};
    }
};

struct Usage {
    Tokens prompt_tokens;     // all of the prompt
    Tokens cached_tokens;     // of those, taken from the engine's cache
    Tokens written_tokens;    // of those, newly kept in a cache, where that is counted apart
    Tokens generated_tokens;  // of all candidates together
    Tokens longest_answer;    // of the candidate with the most; 0 where the server does not say it
    Tokens drafted_tokens;    // that speculation proposed; likewise
    Tokens accepted_tokens;   // of those, what the model would have said too; likewise
    double prompt_seconds = 0;
    double decode_seconds = 0;
    Cost cost = {};  // 0 on one's own machine, and where no price is known
};

// Counts, times and costs of both, as of one request after the other.
void add_usage(Usage& sum, const Usage& more);

enum class StopReason : std::uint8_t { kStop, kLength, kToolCalls, kError };

[[nodiscard]] const char* stop_reason_name(StopReason reason);

// What streams in while the model answers. `candidate` counts from 0.
struct TextDelta {
    int candidate = 0;
    std::string text;
};

struct ReasoningDelta {
    int candidate = 0;
    std::string text;
};

struct ToolCallDelta {
    int candidate = 0;
    int index = 0;          // which call of this answer
    std::string id;         // only in the first piece, never empty there
    std::string name;       // likewise
    std::string arguments;  // piece of the JSON text
};

struct CandidateDone {
    int candidate = 0;
    StopReason reason = StopReason::kStop;
};

// Prefill is under way (an engine of ours says so): `done` of `total` prompt tokens.
struct PromptProgress {
    Tokens done;
    Tokens total;
};

using Event = std::variant<TextDelta, ReasoningDelta, ToolCallDelta, CandidateDone, PromptProgress>;

// A finished answer.
struct Answer {
    Message message;
    StopReason reason = StopReason::kStop;
    std::string stop_sequence;  // that ended it, where the server says which; may be one of the model's own
};

struct Reply {
    std::vector<Answer> answers;  // one a candidate, in their order
    Usage usage;
};

}  // namespace hearth::chat
