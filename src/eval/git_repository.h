#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace hearth::eval {

// A local git repository, read through git(1). Nothing in it is changed. Threads: one owner.
class GitRepository {
public:
    // Errors: kNotFound when there is no git or no repository.
    static Result<GitRepository> open(const std::filesystem::path& folder);

    // Names and values that a command of git finds beside the few that it always gets.
    using Environment = std::vector<std::pair<std::string, std::string>>;

    // Standard output of `git ARGUMENTS`. Errors: kInvalidInput with what git said.
    [[nodiscard]] Result<std::string> git(const std::vector<std::string>& arguments,
                                          const Environment& environment = {}) const;

    // Writes every file of a commit into a folder, also those that `git archive` would leave out.
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
