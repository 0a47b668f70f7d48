#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/extension.h"
#include "agent/file_history.h"
#include "agent/model_directory.h"
#include "agent/rpc.h"
#include "agent/session.h"
#include "agent/session_store.h"
#include "agent/tool.h"
#include "app/code_plan_desk.h"
#include "app/code_talk.h"
#include "chat/thinking.h"
#include "core/result.h"
#include "engine/supervisor.h"
#include "policy/gate.h"
#include "sandbox/workspace_files.h"
#include "tui/theme.h"

namespace hearth::app {

// What a session at a terminal works with; all that is referred to outlives it.
struct TerminalParts {
    agent::SessionPlace place;
    agent::ModelDirectory& models;
    const agent::ToolBox& tools;
    agent::SandboxSource sandbox;  // for commands of a person
    const sandbox::WorkspaceFiles& files;
    PlanDesk& plans;
    // Another session is used from here on: a note for the person, or nothing.
    std::function<Result<std::string>(const std::string& id)> on_session;
    std::function<void(std::string_view)>& warn;  // set while it runs: where sentences for the person go
    std::vector<agent::Extension*> keepers;       // of every run; they judge calls as extensions leave them
    std::shared_ptr<policy::Gate> gate;           // shared with the tools; may be none
    bool plan_first = false;                      // the first prompt is a task to be planned
    std::string system;
    const agent::TextCommands& texts;
    agent::RpcDefaults defaults;
    std::vector<std::string> notices;  // that the person is told at the beginning
    bool show_thinking = false;        // from the beginning
    bool quiet = false;                // no greeting
    std::string editor;                // a command; empty: $VISUAL, $EDITOR
    std::vector<std::string> prompts;  // to begin with
    ExtensionStart extensions;
    std::string start_reason;           // why the session starts, as extensions are told
    std::filesystem::path keybindings;  // may not exist
    tui::Theme theme;
    std::filesystem::path themes;  // folder of further ones; may not exist
    engine::LoadSink& on_load;     // set while it runs: where the loading of an engine is told
    agent::FileHistory& history;   // what /undo takes back
    chat::ThinkingLevel thinking = chat::ThinkingLevel::kOff;  // of the model, to begin with
};

// A session with a person at the terminal, until they end it. Returns the exit status.
// Errors: kUnsupported without a terminal; kUnavailable when it breaks.
[[nodiscard]] Result<int> run_terminal(const TerminalParts& parts, agent::Session session,
                                       const agent::ModelInfo& model);

}  // namespace hearth::app
