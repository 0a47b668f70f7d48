#pragma once
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tool.h"
#include "chat/message.h"
#include "core/result.h"

namespace hearth::agent {

class Session;

// What a run does after a batch of tools.
enum class Verdict : std::uint8_t {
    kGoOn,     // the model is asked again
    kReached,  // the goal is reached
    kGaveUp,   // no further attempt is worth its time
};

// An answer that an extension got by itself, and what it added to the last message to get it.
struct OwnReply {
    chat::Message answer;
    chat::Usage usage;
    chat::StopReason reason = chat::StopReason::kStop;
    std::string tail;  // text that stood behind the last message when this answer was generated
};

// A message of an extension's own, which stands behind a prompt: a "custom_message" of the session.
struct ExtraMessage {
    std::string custom_type;
    std::string content;
    bool display = true;  // to the user
    std::string details;  // JSON for whoever shows it, never sent to a model; may be empty
};

// A mechanism that changes how a run goes, at fixed points of the loop. The default of each point is to do nothing.
// Nothing that was sent before is ever edited: text is only added at the end of the message under construction.
// Threads: called by the loop's thread alone.
class Extension {
public:
    virtual ~Extension() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;

    // A run begins in this session, or goes on in it. The session stays where it is until the run has ended.
    virtual void on_run(Session& /*session*/) {}

    // The user's message is being made; `text` may grow.
    virtual Status on_prompt(std::string& /*text*/, std::stop_token /*stop*/) { return {}; }

    // The user's message is said; what is given stands behind it. `system` is the prompt that the model is told first.
    virtual Result<std::vector<ExtraMessage>> behind_prompt(const std::string& /*prompt*/,
                                                            const std::string& /*system*/,
                                                            std::stop_token /*stop*/) {
        return std::vector<ExtraMessage>();
    }

    // Whether the model is offered this tool now. One that is not offered is unknown to it, and a call of it is not run.
    [[nodiscard]] virtual bool offers(std::string_view /*tool*/) const { return true; }

    // The request is being made: how its answer is bound (schema, sampling, limit). Its messages and tools stay as they are.
    virtual void shape(chat::Request& /*request*/) {}

    // The request is ready to be sent. An extension that answers it itself returns the reply.
    virtual Result<std::optional<OwnReply>> on_request(const chat::Request& /*request*/,
                                                       std::stop_token /*stop*/) {
        return std::optional<OwnReply>();
    }

    // Whether this call, made again and again, is no circle: it waits for what goes on by itself.
    [[nodiscard]] virtual bool may_repeat(const chat::ToolCall& /*call*/) const { return false; }

    // The model has answered; tool calls may be added that its text asks for.
    virtual Status on_answer(chat::Message& /*answer*/) { return {}; }

    // A tool is about to be run. Its arguments may be changed: the tool and the extensions behind this one get them, the answer that called
    // it stays as it was said. An extension that refuses the call, or answers it itself, returns the result.
    virtual Result<std::optional<ToolResult>> before_tool(chat::ToolCall& /*call*/,
                                                          std::stop_token /*stop*/) {
        return std::optional<ToolResult>();
    }

    // A tool has run that this extension let pass, or one behind it answered; the result may be changed before the model is told.
    virtual Status after_tool(const chat::ToolCall& /*call*/, ToolResult& /*result*/,
                              std::stop_token /*stop*/) {
        return {};
    }

    // The tools of a turn have run. `feedback` grows by what the model should know; it goes to the tail of the last
    // tool result. The strongest verdict of all extensions counts.
    virtual Result<Verdict> after_tools(std::string& /*feedback*/, std::stop_token /*stop*/) {
        return Verdict::kGoOn;
    }

    // The model has said its last word. What it is to be told so that the run goes on; nothing where it may end.
    virtual Result<std::optional<std::string>> on_end(std::stop_token /*stop*/) {
        return std::optional<std::string>();
    }

    // Entry behind which the next turn should go on instead (a fresh context), asked after after_tools(); empty: the
    // latest one.
    virtual std::string restart_from() { return {}; }
};

}  // namespace hearth::agent
