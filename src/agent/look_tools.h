#pragma once
#include <memory>
#include <string_view>

#include "agent/search_tool.h"
#include "agent/tool.h"
#include "sandbox/workspace_files.h"

namespace hearth::agent {

// pi's tools that look at files, for models that are to have them beside bash or in its place. They have its names and arguments and need no program;
// what .gitignore names and `.git` are passed over (folder_walk.h). Paths are shown as `read` takes them. Files that `may_show` does
// not let pass are neither searched nor listed, and the model is told how many; without one all pass. `files` outlives them.

// "grep": lines that fit a regular expression (RE2: no pattern takes more than linear time) or have a text, with their neighbours.
[[nodiscard]] std::unique_ptr<Tool> grep_tool(const sandbox::WorkspaceFiles& files, FileFilter may_show = {});

// "find": files and folders whose name or path fits a pattern (glob.h). One without capitals fits both cases.
[[nodiscard]] std::unique_ptr<Tool> find_tool(const sandbox::WorkspaceFiles& files, FileFilter may_show = {});

// "ls": what lies in one folder, also what .gitignore names.
[[nodiscard]] std::unique_ptr<Tool> ls_tool(const sandbox::WorkspaceFiles& files, FileFilter may_show = {});

// Whether a tool of that name looks at files and changes nothing: read, search and those above. Pure.
[[nodiscard]] bool only_looks(std::string_view tool);

}  // namespace hearth::agent
