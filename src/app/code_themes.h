#pragma once
#include <filesystem>
#include <string>

#include "core/result.h"
#include "tui/theme.h"

namespace hearth::app {

// "dark", "light", one of the files NAME.json in `folder` (tui/theme_file.h), by its own name or the file's, or a path with a '/'.
// Errors: kNotFound with the names that there are; those of parse_theme() with the file.
[[nodiscard]] Result<tui::Theme> find_theme(const std::filesystem::path& folder, const std::string& name);

// The theme of a session at a terminal: `wanted`, else what [code] theme of config.toml in `config` says, else `set` (settings.json), else by
// COLORFGBG, which "system" stands for. Errors: those of find_theme() and of reading the file.
[[nodiscard]] Result<tui::Theme> session_theme(const std::filesystem::path& config, const std::string& wanted,
                                               const std::string& set = {});

}  // namespace hearth::app
