#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/file_history.h"
#include "agent/model_directory.h"
#include "agent/rpc.h"
#include "agent/session.h"
#include "agent/session_store.h"
#include "agent/tool.h"
#include "app/code_keepers.h"
#include "chat/thinking.h"
#include "core/result.h"
#include "extend/host.h"
#include "policy/gate.h"

namespace hearth::app {

// Starts the extensions of a session; nothing where there are none.
using ExtensionStart = std::function<Result<std::unique_ptr<extend::Host>>(
    extend::Ui& ui, extend::SessionDoor& door, extend::Host::Report report)>;

// What every session works with; all that is referred to outlives it.
struct TalkParts {
    agent::SessionPlace place;
    agent::ModelDirectory& models;
    const agent::ToolBox& tools;
    agent::SandboxSource sandbox;  // for commands of a person
    std::string system;
    const agent::TextCommands& texts;
    agent::RpcDefaults defaults;
    agent::ToolBox& box;                 // the same tools, to which a client of the protocol may add its own
    agent::HostTools::Wrap wrap_tool;    // through which those go
    CodeKeepers& keepers;                // they judge calls as extensions leave them
    std::shared_ptr<policy::Gate> gate;  // shared with the tools; may be none
    agent::FileHistory& history;
    ExtensionStart extensions;
    std::string start_reason = "startup";  // why the session starts, as extensions are told
    chat::ThinkingLevel thinking = chat::ThinkingLevel::kOff;  // of the model, to begin with
};

// Lines to standard output. When nobody reads it any more, the run is ended.
class LineOutput {
public:
    void write(std::string_view line);

    [[nodiscard]] std::stop_token failed() const { return failed_.get_token(); }

private:
    std::string text_;
    std::stop_source failed_;
};

// Serves pi's protocol on standard input and output until the input ends. Returns the exit status.
[[nodiscard]] Result<int> talk_in_protocol(const TalkParts& parts, agent::Session session,
                                           const agent::ModelInfo& model);

struct PromptsRequest {
    std::vector<std::string> prompts;  // told one after the other
    bool as_json = false;              // the events, in place of the last answer
    std::optional<std::int64_t> seed;
    bool plan_may_wait = false;  // a plan that nobody has signed yet is what was asked for
};

// Tells the prompts, and what extensions make of them. Returns the exit status.
[[nodiscard]] Result<int> tell_prompts(const TalkParts& parts, const PromptsRequest& request,
                                       agent::Session& session, const agent::ModelInfo& model);

}  // namespace hearth::app
