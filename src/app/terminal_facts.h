#pragma once
#include <filesystem>
#include <string>

namespace hearth::app {

// What a session at a terminal knows of the place that it is in.

// The branch that .git/HEAD names, of the folder or one above it; empty for none.
[[nodiscard]] std::string branch_of(std::filesystem::path folder);

// The folder as a person writes it.
[[nodiscard]] std::string short_folder(const std::filesystem::path& folder);

// The command that edits a file: `set`, else $VISUAL or $EDITOR, else nano.
[[nodiscard]] std::string editor_command(const std::string& set);

}  // namespace hearth::app
