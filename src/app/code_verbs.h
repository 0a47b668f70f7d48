#pragma once
#include <string>

#include "app/code_chat.h"
#include "app/verbs.h"
#include "core/result.h"
#include "os/paths.h"

namespace hearth::app {

// `hearth code sessions` and `hearth code export`.
int code_sessions(Arguments arguments);
int code_export(Arguments arguments);

// Asks a person on the terminal which session of the folder is meant: its file. Errors: kInvalidInput without a terminal, kNotFound, kCancelled.
[[nodiscard]] Result<std::string> choose_session(const os::Paths& paths, const ChatRequest& request);

}  // namespace hearth::app
