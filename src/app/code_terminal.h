#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "agent/model_directory.h"
#include "agent/session.h"
#include "app/code_talk.h"
#include "core/result.h"
#include "engine/supervisor.h"
#include "sandbox/workspace_files.h"
#include "tui/theme.h"

namespace hearth::app {

// What a session at a terminal works with beside what every session does; all that is referred to outlives it.
struct TerminalParts {
    const TalkParts& talk;
    const sandbox::WorkspaceFiles& files;
    bool plan_first = false;            // the first prompt is a task to be planned
    std::vector<std::string> notices;   // that the person is told at the beginning
    bool show_thinking = false;         // from the beginning
    bool quiet = false;                 // no greeting
    std::string editor;                 // a command; empty: $VISUAL, $EDITOR
    std::vector<std::string> prompts;   // to begin with
    std::filesystem::path keybindings;  // may not exist
    tui::Theme theme;
    std::filesystem::path themes;  // folder of further ones; may not exist
    engine::LoadSink& on_load;     // set while it runs: where the loading of an engine is told
};

// A session with a person at the terminal, until they end it. While it runs, `parts.talk.keepers` warns there. Returns the exit status.
// Errors: kUnsupported without a terminal; kUnavailable when it breaks.
[[nodiscard]] Result<int> run_terminal(const TerminalParts& parts, agent::Session session,
                                       const agent::ModelInfo& model);

}  // namespace hearth::app
