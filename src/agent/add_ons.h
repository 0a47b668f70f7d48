#pragma once
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/extension.h"
#include "agent/run_event.h"
#include "core/result.h"

namespace hearth::agent {

// Why another session is used.
enum class SessionChange : std::uint8_t { kNew, kResume, kFork, kTree };

// What programs outside hearth add to a session (commands, hooks, tools), as the server of the protocol sees it.
// Threads: any; only what says so waits.
class AddOns {
public:
    AddOns() = default;
    AddOns(const AddOns&) = delete;
    AddOns& operator=(const AddOns&) = delete;
    virtual ~AddOns() = default;

    // For the loop. They live as long as this object.
    virtual std::vector<Extension*> extensions() = 0;

    virtual void event(const RunEvent& event) = 0;

    // A run begins on this thread: the tools are brought up to date. Waits.
    virtual void before_run(std::stop_token stop) = 0;

    // What a person says, before a model is told; nothing when it was dealt with. Waits.
    virtual std::optional<std::string> said(std::string text, std::stop_token stop) = 0;

    // Whether a text calls a command ("/name …").
    [[nodiscard]] virtual bool is_command(std::string_view text) const = 0;

    // Runs it to its end. Waits.
    virtual Status run_command(std::string_view text, std::stop_token stop) = 0;

    // The commands, each as a JSON object of the protocol: {"name", "description", "source", "sourceInfo"}.
    [[nodiscard]] virtual std::vector<std::string> commands() const = 0;

    virtual void session_changed(SessionChange change) = 0;
};

}  // namespace hearth::agent
