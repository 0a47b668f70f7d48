#pragma once
#include <functional>
#include <memory>
#include <string>

#include "agent/tool.h"
#include "sandbox/workspace_files.h"

namespace hearth::agent {

// Whether a model may be shown the file of this path, which is relative to the workspace.
using FileFilter = std::function<bool(const std::string& path)>;

// "search": lines of the workspace's text files that have a text, whatever its case; without a text the files themselves. It
// changes nothing, and is for models that have no commands. Files that `may_show` does not let pass are neither read nor listed; the model is
// told how many. Without one all pass. `files` outlives it.
[[nodiscard]] std::unique_ptr<Tool> search_tool(const sandbox::WorkspaceFiles& files,
                                                FileFilter may_show = {});

}  // namespace hearth::agent
