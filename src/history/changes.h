#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "history/folder_list.h"
#include "history/object_store.h"

namespace hearth::history {

// What became of a path; nothing stands there where a side is empty.
struct Change {
    std::string path;
    std::optional<FileState> before;
    std::optional<FileState> after;

    bool operator==(const Change&) const = default;
};

using Changes = std::vector<Change>;

// What differs from one snapshot to another, by path. Cost: only folders that differ are read.
// Errors: those of ObjectStore::get() for a snapshot that was dropped or is damaged.
[[nodiscard]] Result<Changes> changes_between(const ObjectStore& store, const std::string& before,
                                              const std::string& after);

// The changes that take these back.
[[nodiscard]] Changes inverse(Changes changes);

// What a path has to become, and what it must be for that.
struct Step {
    std::string path;
    std::optional<FileState> from;
    std::optional<FileState> to;
    bool disturbed = false;  // between the changes that are composed, somebody else changed it
};

// What several changes, one after the other, come to. What is again as it was at the end is left out. Pure.
[[nodiscard]] std::vector<Step> compose(std::span<const Changes> changes);

// "3 files: 1 new, 1 changed, 1 removed"; folders are not counted.
[[nodiscard]] std::string count_words(const Changes& changes);

}  // namespace hearth::history
