#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/code_extensions.h"
#include "app/code_models.h"
#include "app/code_network.h"
#include "app/code_plan.h"
#include "app/code_resources.h"
#include "app/code_tools.h"
#include "core/result.h"
#include "os/paths.h"
#include "policy/decide.h"

namespace hearth::app {

// How a session is told to whoever started it: the last answer; the events as JSON lines; a protocol on standard input and output; a person at a
// terminal.
enum class ChatMode : std::uint8_t { kText, kJson, kRpc, kTerminal };

// Which session is used; without any of these a new one.
struct SessionChoice {
    bool latest = false;           // of this folder
    std::string session;           // a file, or the beginning of an id
    std::string fork;              // likewise, of which a copy is used
    bool in_memory = false;        // kept nowhere
    std::filesystem::path folder;  // in place of hearth's own
    std::string name;              // given to it; empty: it keeps the one it has
};

struct ChatRequest {
    std::filesystem::path workspace;
    ChatMode mode = ChatMode::kText;
    std::vector<std::string> prompts;  // told one after the other
    CodeModelsRequest models;
    SessionChoice session;
    ResourceChoice resources;
    std::optional<std::int64_t> seed;
    // Of a session at a terminal: a name or a file; empty: by config.toml, by settings.json, else by the terminal.
    std::string theme;
    ExtensionChoice extensions;
    ChosenTools tools;
    CodeNetwork network;
    bool memory = false;             // the project gets a memory, where it has none yet
    bool evidence = false;           // the model has tools to keep evidence; also by config.toml
    bool background_shells = false;  // commands can go on in the background; also by config.toml
    bool plan = false;               // the first prompt is planned, and what is done keeps to the signed plan
    SignOff sign_off;                // of that plan, but at a terminal
    bool cards = false;              // the model is told cards
    std::optional<policy::Permissions> permissions;  // nothing: by config.toml
    std::optional<bool> syntax_gate;                 // nothing: by config.toml, else by the model
};

struct SessionsFolder {
    std::filesystem::path path;  // absolute
    bool flat = false;           // sessions of all projects lie side by side: a person named it
};

// Where sessions are: the folder that is given, else sessionDir of the person's settings.json (relative ones begin at the current folder, "~/" at
// the home), else hearth's own. Errors: what is wrong in settings.json.
[[nodiscard]] Result<SessionsFolder> sessions_folder(const os::Paths& paths,
                                                     const std::filesystem::path& given);

// A session of the agent with its tools in a folder, until its prompts (or its input) have ended. Returns the exit status: of kText 1 when
// the last answer failed or was cut, 130 when it was stopped; else 0.
[[nodiscard]] Result<int> run_chat(const os::Paths& paths, const ChatRequest& request);

}  // namespace hearth::app
