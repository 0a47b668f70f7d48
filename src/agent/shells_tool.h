#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "agent/background_shells.h"
#include "agent/tool.h"
#include "core/result.h"
#include "sandbox/sandbox.h"

namespace hearth::agent {

// What a model is told of background shells. One tool beside `bash` is enough: an id and an action cost less in each request than a schema
// for each of list, look and stop. It is not called `shell`, because an extension's tool may well be, and this one is permitted as
// reading is.

// Lists them, looks at one, ends one. `shells` outlives it.
[[nodiscard]] std::unique_ptr<Tool> shells_tool(BackgroundShells& shells);

// What `bash` answers with `background`: that it goes on, or how it ended within a moment. Errors: those of BackgroundShells::start().
[[nodiscard]] Result<ToolResult> start_in_background(BackgroundShells& shells, const sandbox::Sandbox& box,
                                                     const std::string& command,
                                                     std::optional<std::chrono::milliseconds> limit,
                                                     const std::stop_token& stop);

}  // namespace hearth::agent
