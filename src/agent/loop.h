#pragma once
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/context.h"
#include "agent/event.h"
#include "agent/extension.h"
#include "agent/session.h"
#include "agent/tool.h"
#include "chat/provider.h"
#include "core/result.h"

namespace hearth::agent {

struct LoopOptions {
    std::string system;
    CallForm form = CallForm::kTools;
    chat::Sampling sampling;
    Tokens max_tokens{2048};  // of one answer
    int max_turns = 20;
    std::optional<std::chrono::steady_clock::time_point> deadline;
};

// What a run works with; everything outlives it.
struct LoopParts {
    Session& session;
    chat::Provider& provider;
    const ToolBox& tools;
    std::vector<Extension*> extensions;
    EventSink events;
};

enum class End : std::uint8_t {
    kAnswered,   // the model said its last word without calling a tool
    kReached,    // an extension saw the goal reached
    kGaveUp,     // an extension saw no further way
    kTurnsUsed,  // max_turns
    kTimeUsed,   // deadline
};

struct Outcome {
    End end = End::kAnswered;
    int turns = 0;
    chat::Usage usage;        // of all requests together
    std::string last_answer;  // text of the last answer
};

// Runs one prompt to its end: ask, run the tools that the answer calls, append, ask again. Every message is in the
// session before the next step, so a kill at any moment loses nothing that was said.
// Errors: those of the provider and of the session; kCancelled on stop. What happened until then is in the session.
[[nodiscard]] Result<Outcome> run_loop(const LoopParts& parts, const std::string& prompt,
                                       const LoopOptions& options, std::stop_token stop);

}  // namespace hearth::agent
