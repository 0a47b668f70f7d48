#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::dataset {

// A file of a dataset, by its path in the folder.
struct File {
    std::string path;
    std::string content;
};

// Errors: kConflict when the folder holds something.
[[nodiscard]] Status check_new(const std::filesystem::path& folder);

// Writes the files and, last, manifest.json: the members of `about` (a JSON object) and "files", each with its path, SHA-256 and size. The layout is
// that of the hub of data sets: data files, and README.md with a card. Errors: kConflict when the folder holds something; those of writing.
[[nodiscard]] Status write_folder(const std::filesystem::path& folder, const std::vector<File>& files,
                                  std::string_view about);

// The identifier under which the hub knows the licence that all have in common; "other" where it knows none, or they differ. Pure.
[[nodiscard]] std::string_view hub_licence(const std::set<std::string>& licences);

}  // namespace hearth::dataset
