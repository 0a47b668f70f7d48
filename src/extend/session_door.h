#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/entry.h"
#include "agent/model_directory.h"
#include "agent/rpc_command.h"
#include "agent/session.h"
#include "core/result.h"

namespace hearth::extend {

// What extensions reach of the session that they are part of.
// Threads: any; nothing waits but for the disk.
class SessionDoor {
public:
    using Look = std::function<void(const agent::Session& session, const std::vector<agent::Entry>& entries,
                                    const std::string& leaf)>;

    SessionDoor() = default;
    SessionDoor(const SessionDoor&) = delete;
    SessionDoor& operator=(const SessionDoor&) = delete;
    virtual ~SessionDoor() = default;

    // `look` must not call this object.
    virtual void look(const Look& look) = 0;

    // An entry of a type of the session's format; one that is told to no model.
    virtual Result<std::string> append(std::string_view type, std::string_view fields) = 0;
    virtual Result<std::string> append_state(std::string_view custom_type, std::string_view data) = 0;

    // A command of the protocol (agent/rpc_command.h), carried out later by whoever owns the session; its `reply` is then called once.
    virtual void command(agent::RpcCommand command) = 0;

    virtual agent::ModelInfo model() = 0;
    virtual bool busy() = 0;
};

}  // namespace hearth::extend
