#pragma once
#include <memory>

#include "agent/tool.h"
#include "sandbox/workspace_files.h"

namespace hearth::agent {

// "search": lines of the workspace's text files that have a text, whatever its case; without a text the files themselves. It
// changes nothing, and is for models that have no commands. `files` outlives it.
[[nodiscard]] std::unique_ptr<Tool> search_tool(const sandbox::WorkspaceFiles& files);

}  // namespace hearth::agent
