#pragma once
#include <string>

#include "core/result.h"
#include "history/changes.h"
#include "history/object_store.h"

namespace hearth::history {

// From one text to another in unified form, made by diff(1), which every Debian has; null for a file that is not there.
// Errors: kUnavailable when diff is missing or fails.
[[nodiscard]] Result<std::string> unified_diff(const std::string& path, const std::string* before,
                                               const std::string* after);

// Changes of files as one text: unified diffs, and a line in words for what has none (links, modes, files whose content is not kept).
// Errors: those of unified_diff() and of ObjectStore::get().
[[nodiscard]] Result<std::string> diff_text(const ObjectStore& store, const Changes& changes);

}  // namespace hearth::history
