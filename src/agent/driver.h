#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/compaction.h"
#include "agent/file_history.h"
#include "agent/loop.h"
#include "agent/message_queue.h"
#include "agent/retry_limits.h"
#include "agent/session.h"
#include "agent/user_message.h"
#include "chat/provider.h"
#include "core/result.h"

namespace hearth::agent {

// What a person may change while runs go on. Threads: any.
struct DriverSettings {
    std::atomic<bool> auto_compaction = true;
    std::atomic<bool> auto_retry = true;
};

struct DriverOptions {
    std::string system;
    std::string provider = "hearth";
    std::string model;
    std::string api = "openai-completions";  // as LoopOptions has it
    chat::ThinkingLevel thinking = chat::ThinkingLevel::kOff;
    chat::Sampling sampling;
    Tokens most_answer{8192};  // of one answer; a quarter of the window where that is less
    RetryLimits retries = {};
};

// What a driver works with; all of it outlives the driver.
struct DriverParts {
    Session& session;
    chat::Provider& provider;
    const ToolBox& tools;
    std::vector<Extension*> extensions;
    MessageQueue& queue;
    const DriverSettings& settings;
    RunSink records;
    EventSink events = {};
    FileHistory* files = nullptr;                     // where what tools change is kept; may be null
    std::function<void(std::string_view)> warn = {};  // a sentence for a person
};

// Drives a session through prompts until nothing goes on by itself: a run of the loop, what was queued meanwhile, another try after a
// failure that may pass (waiting longer each time), a shorter context where it does not fit. A failure or a stop is an answer in the
// session that says so, and the reason in the outcome.
// Threads: one owner; queue and settings may be changed by others.
class Driver {
public:
    Driver(DriverParts parts, DriverOptions options);

    // `stop` ends all of it; `retry_stop` only waiting for another try.
    // Errors: those of the session.
    [[nodiscard]] Result<Outcome> prompt(const UserMessage& said, std::stop_token stop,
                                         std::stop_token retry_stop = {});
    [[nodiscard]] Result<Outcome> prompt(const std::string& text, std::stop_token stop,
                                         std::stop_token retry_stop = {});

    // Makes the context shorter now. Returns {"summary", "firstKeptEntryId", "tokensBefore", …}.
    // Errors: kConflict when there is nothing to compact; kCancelled; those of the session.
    [[nodiscard]] Result<std::string> compact(const std::string& instructions, std::stop_token stop);

    // A summary of what the branch that the session is on says and that of `target` (empty: the root) does not, as the fields of a
    // branch_summary. Nothing when that is nothing. Errors: kCancelled.
    [[nodiscard]] Result<std::optional<std::string>> summarise_branch(const std::string& target,
                                                                      const std::string& instructions,
                                                                      std::stop_token stop);

    // Tokens of the prompt that the session makes now, estimated.
    [[nodiscard]] Tokens context_tokens() const;

private:
    Result<Outcome> run_once(const UserMessage* said, std::stop_token stop);
    Status make_room(const std::stop_token& stop);
    Result<std::string> shorten(const std::string& reason, const std::string& instructions, Tokens kept,
                                std::stop_token stop);
    Result<std::string> write_compaction(const std::string& reason, const std::string& instructions,
                                         Tokens kept, std::stop_token stop);
    Status forget_failure(const std::string& entry_id);
    bool wait_to_retry(const Error& error, const std::stop_token& stop, const std::stop_token& retry_stop);
    void record(const RunEvent& event);
    void warn(const Status& status) const;

    DriverParts parts_;
    DriverOptions options_;
    ContextBudget budget_;
    std::size_t tool_bytes_ = 0;
    std::vector<std::string> messages_;  // of the run under way
    int attempt_ = 0;                    // of the tries after failures
    bool queue_taken_ = false;           // and not told yet
    std::stop_token stop_;
};

// Says in the session which model is used from here on, and how long it thinks, where its branch does not say so already.
[[nodiscard]] Status note_model(Session& session, const std::string& provider, const std::string& model,
                                chat::ThinkingLevel thinking);

// The entries of a session that say so: another model from here on, another level of thinking. Errors: those of the session.
[[nodiscard]] Status append_model_change(Session& session, std::string_view provider, std::string_view model);
[[nodiscard]] Status append_thinking_change(Session& session, chat::ThinkingLevel level);

// A failure that may pass when the same is asked again: the engine or the connection broke, or it has too much to do; not a quota that is
// used up. Pure.
[[nodiscard]] bool may_pass(const Error& error);

// The prompt did not fit into the context window, in the words of engines and clouds. Pure.
[[nodiscard]] bool is_overflow(const Error& error);

}  // namespace hearth::agent
