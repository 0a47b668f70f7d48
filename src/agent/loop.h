#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/context.h"
#include "agent/event.h"
#include "agent/extension.h"
#include "agent/run_event.h"
#include "agent/session.h"
#include "agent/tool.h"
#include "agent/user_message.h"
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
    std::string provider =
        "hearth";  // who is written down beside an answer, its model, and the API that it was asked by
    std::string model;
    std::string api = "openai-completions";
    chat::ThinkingLevel thinking = chat::ThinkingLevel::kOff;
    bool declare_tools = false;        // the session says which tools there were
    std::size_t max_result_bytes = 0;  // of one tool result; 0: as the tool cut it
    // The same call over and over (but where an extension says that it may be): behind so many in a row it is not run any more, and after twice as many the run ends
    // (End::kGaveUp). 0: never.
    int max_same_calls = 0;
    // A request that fails or is stopped becomes an answer that says so (End::kFailed, End::kAborted) in place of an error.
    bool keep_failures = false;
};

// Where others come in while a run goes on. All are called by the loop's thread; each may be empty.
struct LoopHooks {
    // What a person said since, to be told after the batch of tools under way.
    std::function<std::vector<UserMessage>()> steering;
    // What is to be told when the model would stop.
    std::function<std::vector<UserMessage>()> follow_ups;
    // Before each request: may make the session's context shorter.
    std::function<Status()> make_room;
    // Around the tools of an answer: before the first of them, and when their results are in the session.
    std::function<void(const std::vector<chat::ToolCall>& calls)> before_tools;
    std::function<void()> after_tools;
};

// What a run works with; everything outlives it.
struct LoopParts {
    Session& session;
    chat::Provider& provider;
    const ToolBox& tools;
    std::vector<Extension*> extensions;
    EventSink events;
    RunSink records = {};
    LoopHooks hooks = {};
};

enum class End : std::uint8_t {
    kAnswered,   // the model said its last word without calling a tool
    kReached,    // an extension saw the goal reached
    kGaveUp,     // an extension saw no further way
    kTurnsUsed,  // max_turns
    kTimeUsed,   // deadline
    kFailed,     // the provider failed (keep_failures)
    kAborted,    // stopped (keep_failures)
};

struct Outcome {
    End end = End::kAnswered;
    int turns = 0;
    chat::Usage usage;             // of all requests together
    std::string last_answer;       // text of the last answer
    std::optional<Error> failure;  // of kFailed
    std::string failed_entry;      // the entry that says so
    chat::StopReason last_reason = chat::StopReason::kStop;
};

// Runs one prompt to its end: ask, run the tools that the answer calls, append, ask again. Every message is in the
// session before the next step, so a kill at any moment loses nothing that was said.
// Errors: those of the provider and of the session; kCancelled on stop. What happened until then is in the session.
[[nodiscard]] Result<Outcome> run_loop(const LoopParts& parts, const UserMessage& prompt,
                                       const LoopOptions& options, std::stop_token stop);
[[nodiscard]] Result<Outcome> run_loop(const LoopParts& parts, const std::string& prompt,
                                       const LoopOptions& options, std::stop_token stop);

// The same without a new prompt: asks again with what the session has (after a failure).
[[nodiscard]] Result<Outcome> continue_loop(const LoopParts& parts, const LoopOptions& options,
                                            std::stop_token stop);

}  // namespace hearth::agent
