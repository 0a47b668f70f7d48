#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace hearth::eval {

// A local git repository, read through git(1). Nothing in it is changed. Threads: one owner.
class GitRepository {
public:
    // Errors: kNotFound when there is no git or no repository.
    static Result<GitRepository> open(const std::filesystem::path& folder);

    // Standard output of `git ARGUMENTS`. Errors: kInvalidInput with what git said.
    [[nodiscard]] Result<std::string> git(const std::vector<std::string>& arguments,
                                          const std::string& input = {}) const;

    // Writes the files of a commit into a folder.
    Status export_tree(const std::string& commit, const std::filesystem::path& to) const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
    explicit GitRepository(std::filesystem::path folder) : folder_(std::move(folder)) {}

    std::filesystem::path folder_;
};

// `git apply` of a patch in a folder that is no repository. Errors: kInvalidInput when it does not fit.
[[nodiscard]] Status apply_patch(const std::filesystem::path& folder, const std::string& patch);

// The paths that a patch changes or adds, in its order; those that it removes are left out. Pure.
[[nodiscard]] std::vector<std::string> patched_paths(std::string_view patch);

}  // namespace hearth::eval
