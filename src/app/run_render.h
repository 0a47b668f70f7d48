#pragma once
#include <memory>
#include <string>

#include "app/render.h"
#include "chat/message.h"

namespace hearth::app {

// What a run of one question came to, besides the answer itself.
struct RunFacts {
    std::string model;
    std::string engine;  // "llama.cpp 0.5.0 (zen4)"
    double load_seconds = 0;
};

// "37 prompt tokens (29 from cache) in 180 ms, 40 generated in 1.03 s (38.8 tok/s); loaded in 2.1 s by llama.cpp ...".
[[nodiscard]] std::string stats_line(const chat::Usage& usage, const RunFacts& facts);

// The answer with its counts and times as one JSON object on one line; the form is in docs/run.md.
[[nodiscard]] std::string answer_json(const chat::Reply& reply, const RunFacts& facts);

// Writes an answer to standard output as it streams: made harmless for a terminal, untouched in a pipe. Reasoning is
// shown dim on a terminal and left out of a pipe; the reading of a long prompt shows as progress on stderr.
class AnswerPrinter {
public:
    AnswerPrinter();

    void show(const chat::Event& event);

    // Ends the last line, if anything was written that does not end with one.
    void end();

private:
    void write(std::string_view text, bool reasoning);

    bool terminal_;
    bool colours_;
    bool in_reasoning_ = false;
    bool at_line_start_ = true;
    bool fresh_ = true;  // nothing of the answer yet: white space in front of it is left out
    std::unique_ptr<Progress> reading_;
};

}  // namespace hearth::app
