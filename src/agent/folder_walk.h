#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "agent/search_tool.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"

namespace hearth::agent {

// What was found on a walk.
struct Found {
    std::string path;        // below the workspace
    std::string_view below;  // the same below the folder where the walk began; ends with `path`
    bool is_file = false;    // else a folder, or a link
    bool is_folder = false;
};

struct Walk {
    const sandbox::WorkspaceFiles& files;
    std::string folder;          // where it begins
    const FileFilter& may_show;  // empty: all pass
    std::stop_token stop;
    std::chrono::seconds limit{20};  // so that a folder of millions of files ends some time
};

struct Walked {
    std::size_t left_out = 0;  // files that may not be shown
    bool whole = true;  // else the time or the number of files that are looked at has ended it, or a stop
};

// Goes through all files and folders below a folder, in the order of their names, but for `.git` and what the .gitignore files of the
// workspace name (ignore_rules.h). Where it begins is looked into even if they name it. Links are told and not followed. It ends when `visit` gives false.
// Errors: kNotFound, kInvalidInput, kPermission for the first folder; one that cannot be read later is passed over.
[[nodiscard]] Result<Walked> walk(const Walk& where, const std::function<bool(const Found&)>& visit);

// For a model: how many files were left out; empty for none.
[[nodiscard]] std::string left_out_note(std::size_t files);

// Whether a part of the path is `.git`, where the looking tools do not look. Pure.
[[nodiscard]] bool is_of_git(std::string_view path);

}  // namespace hearth::agent
