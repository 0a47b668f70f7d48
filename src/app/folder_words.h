#pragma once
#include <filesystem>
#include <string>

namespace hearth::app {

// The branch that .git/HEAD names, of the folder or one above it; empty for none.
[[nodiscard]] std::string branch_of(std::filesystem::path folder);

// The folder as a person writes it: with ~ for their home.
[[nodiscard]] std::string short_folder(const std::filesystem::path& folder);

}  // namespace hearth::app
