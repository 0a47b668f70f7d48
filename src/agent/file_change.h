#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "chat/message.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"

namespace hearth::agent {

// What the arguments of tools say, under the names that models use for them.

// The path that a call of read, write or edit names; empty where there is none.
[[nodiscard]] std::string path_argument(std::string_view arguments);

// The command of a call of bash; empty where there is none.
[[nodiscard]] std::string command_argument(std::string_view arguments);

// A path as it is below the root of a workspace: without "." and "..", and without the root where it has it. One that leads elsewhere
// stays so. Pure.
[[nodiscard]] std::string path_below(const std::filesystem::path& root, std::string_view path);

// What the arguments of edit make of a file with this content, wherever it is. The path in them is not looked at.
// Errors: kCorrupt for arguments that are no JSON; kInvalidInput with what the tool needs; those of edit_text(). Pure.
[[nodiscard]] Result<std::string> edited_text(std::string_view content, std::string_view arguments);

// A file before and after a call.
struct FileChange {
    std::string path;                   // as the call has it
    std::optional<std::string> before;  // nothing for a new file, or one that cannot be read
    std::string after;
};

// What a call of write or edit would make of its file; nothing is written.
// Errors: kInvalidInput with what the tool needs; those of reading the file and of edit_text().
[[nodiscard]] Result<FileChange> change_of_write(const sandbox::WorkspaceFiles& files,
                                                 std::string_view arguments);
[[nodiscard]] Result<FileChange> change_of_edit(const sandbox::WorkspaceFiles& files,
                                                std::string_view arguments);

}  // namespace hearth::agent
