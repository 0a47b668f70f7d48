#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/add_ons.h"
#include "agent/event.h"
#include "agent/event_json.h"
#include "agent/extension.h"
#include "agent/file_history.h"
#include "agent/host_tools.h"
#include "agent/message_queue.h"
#include "agent/model_directory.h"
#include "agent/retry_limits.h"
#include "agent/rpc_command.h"
#include "agent/run_event.h"
#include "agent/session_store.h"
#include "agent/text_commands.h"
#include "agent/tool.h"
#include "core/result.h"

namespace hearth::agent {

// How a server of the protocol begins; its commands change most of it.
struct RpcDefaults {
    QueueMode steering = QueueMode::kOneAtATime;
    QueueMode follow_ups = QueueMode::kOneAtATime;
    bool auto_compaction = true;
    bool auto_retry = true;
    RetryLimits retries = {};
};

// What a server of the protocol works with; all that is referred to outlives it.
struct RpcParts {
    SessionPlace place;
    ModelDirectory& models;
    const ToolBox& tools;
    SandboxSource sandbox;  // for commands of a person
    std::string system;
    LineSink out;                                     // called by one thread at a time
    std::function<void(std::string_view)> warn = {};  // a sentence for a person, beside the protocol
    // For a client in this process: what happens in runs comes here as it is, and only answers to commands go to `out`. `records` is called
    // by one thread at a time (with `out`), `events` by that of the run.
    RunSink records = {};
    EventSink events = {};
    std::vector<Extension*> extensions = {};  // of every run
    // No run or compaction goes on any more: the next prompt begins one.
    std::function<void()> idle = {};
    FileHistory* files = nullptr;  // of the workspace, for undo; may be null
    AddOns* add_ons = nullptr;
    // The answer of the client to something it was asked (extension_ui_response).
    std::function<void(const RpcCommand&)> ui_response = {};
    // Commands that the server does not have: the data of the answer (JSON, empty for none), or nothing for one that is unknown here too. Called by
    // the owner.
    std::function<Result<std::optional<std::string>>(const RpcCommand&)> more_commands = {};
    const TextCommands* texts = nullptr;
    HostTools* host_tools = nullptr;  // of the client, whose tools `tools` has
    RpcDefaults defaults = {};
    chat::ThinkingLevel thinking = chat::ThinkingLevel::kOff;  // to begin with, as far as the model has it
};

// Serves one client of pi's RPC protocol (version 1.5.2): takes its commands, answers them, and tells the events of runs between the answers.
//
// A run is on a thread of its own, so that every command is answered while it goes on. `abort` ends a request, a tool or a
// wait and is answered when all of it has ended. Commands of a person run beside the run; what they printed is told to
// the model with the next prompt.
// Threads: one owner, who must not be the thread that reads `out`.
class RpcServer {
public:
    RpcServer(RpcParts parts, Session session, ModelInfo model);
    RpcServer(const RpcServer&) = delete;
    RpcServer& operator=(const RpcServer&) = delete;
    ~RpcServer();

    // One line of the input.
    void take(std::string_view line, bool too_long = false);

    // The same from a client in this process.
    void take(const RpcCommand& command);

    // Looks at the session that is used now. `look` must not call this object. Threads: any.
    void look(const std::function<void(const Session& session, const std::vector<Entry>& entries,
                                       const std::string& leaf)>& look) const;

    // The id of the session that is used now. Threads: any.
    [[nodiscard]] std::string session_id() const;

    // Adds to the session that is used now; `state` is never told to a model. Threads: any. Errors: those of the session.
    [[nodiscard]] Result<std::string> append_entry(std::string_view type, std::string_view fields);
    [[nodiscard]] Result<std::string> append_state(std::string_view custom_type, std::string_view data);

    // A record of somebody else's to the client, between two of its own. Threads: any.
    void tell(std::string_view line);

    // A run, compaction or command goes on. Threads: any.
    [[nodiscard]] bool busy() const;

    // The model that the next prompt goes to. Threads: any.
    [[nodiscard]] ModelInfo model() const;

    // How long it thinks. Threads: any.
    [[nodiscard]] chat::ThinkingLevel thinking() const;

    // The input has ended: what goes on is stopped and waited for.
    void finish();

    // Waits until no run, compaction or command goes on, however long it takes.
    void wait_until_idle();

    class State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace hearth::agent
