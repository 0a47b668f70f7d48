#pragma once
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chat/message.h"

namespace hearth::agent {

// What happens in a run, in order, for whoever shows or records it.
struct TurnStarted {
    int turn = 1;
};

// The request is being prepared by the engine: prefill.
struct PromptRead {
    Tokens done;
    Tokens total;
};

struct TextPiece {
    int candidate = 0;
    std::string text;
};

struct ReplyDone {
    chat::Usage usage;
    int candidates = 1;
};

// One answer was tried against the tests in a copy of the workspace.
struct CandidateTried {
    int number = 0;       // counts from 1 over the whole run
    std::string outcome;  // "3 of 5 tests pass"
    bool best_so_far = false;
};

struct ToolStarted {
    std::string name;
    std::string subject;  // the path or command, in short
};

struct ToolFinished {
    std::string name;
    bool is_error = false;
    std::string text;
};

struct TestsRan {
    std::string command;
    bool green = false;
    std::string outcome;
    double seconds = 0;
};

struct Note {
    std::string text;
};

using Event = std::variant<TurnStarted, PromptRead, TextPiece, ReplyDone, CandidateTried, ToolStarted,
                           ToolFinished, TestsRan, Note>;
using EventSink = std::function<void(const Event&)>;

}  // namespace hearth::agent
