#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace hearth::eval {

enum class EntryKind : std::uint8_t { kFile, kLink, kOther };

struct TreeEntry {
    std::string path;  // relative, with '/'
    EntryKind kind = EntryKind::kFile;
};

// What is in a folder and below, sorted, without folders themselves and without what tools leave (__pycache__, .pyc). Links
// are not followed. A folder that is absent is empty. Errors: kTooLarge over 20,000 entries; what the system said.
[[nodiscard]] Result<std::vector<TreeEntry>> list_tree(const std::filesystem::path& folder);

// Copies the regular files of `from`, with their modes, over what is in `to`. Only for folders of our own: links are left out.
[[nodiscard]] Status overlay(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace hearth::eval
