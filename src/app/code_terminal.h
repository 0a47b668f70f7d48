#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "agent/model_directory.h"
#include "agent/session.h"
#include "agent/session_store.h"
#include "agent/tool.h"
#include "core/result.h"
#include "engine/supervisor.h"
#include "sandbox/workspace_files.h"

namespace hearth::app {

// What a session at a terminal works with; all that is referred to outlives it.
struct TerminalParts {
    agent::SessionPlace place;
    agent::ModelDirectory& models;
    const agent::ToolBox& tools;
    agent::SandboxSource sandbox;  // for commands of a person
    const sandbox::WorkspaceFiles& files;
    std::string system;
    std::vector<std::string> prompts;   // to begin with
    std::filesystem::path keybindings;  // may not exist
    engine::LoadSink& on_load;          // set while it runs: where the loading of an engine is told
};

// A session with a person at the terminal, until they end it. Returns the exit status.
// Errors: kUnsupported without a terminal; kUnavailable when it breaks.
[[nodiscard]] Result<int> run_terminal(const TerminalParts& parts, agent::Session session,
                                       const agent::ModelInfo& model);

}  // namespace hearth::app
