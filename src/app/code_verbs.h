#pragma once
#include <filesystem>
#include <string>

#include "agent/session_store.h"
#include "app/code_chat.h"
#include "app/verbs.h"
#include "core/result.h"
#include "os/paths.h"

namespace hearth::app {

// `hearth code sessions` and `hearth code export`.
int code_sessions(Arguments arguments);
int code_export(Arguments arguments);

// `hearth code undo`, `redo`, `turns` and `diff`.
int code_undo(Arguments arguments);
int code_redo(Arguments arguments);
int code_turns(Arguments arguments);
int code_diff(Arguments arguments);

// `hearth code doctor` (code_doctor.h).
int code_doctor(Arguments arguments);

// `hearth code --list-models`: models that can be named with -m, and providers with where their keys are found, those that have `search` in their
// names. Returns the exit status.
int list_models(const std::string& server, const std::string& search, bool json);

// Where sessions of a folder are. Errors: those of sessions_folder() and checked_workspace().
[[nodiscard]] Result<agent::SessionPlace> session_place(const os::Paths& paths,
                                                        const std::filesystem::path& directory,
                                                        const std::filesystem::path& folder);

// Asks a person on the terminal which session of the folder is meant: its file. Errors: kInvalidInput without a terminal, kNotFound, kCancelled.
[[nodiscard]] Result<std::string> choose_session(const os::Paths& paths, const ChatRequest& request);

}  // namespace hearth::app
