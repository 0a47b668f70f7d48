#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::sandbox {

// Names at the top of a workspace whose content is run by, or configures, programs of the user outside the
// sandbox: version control, editors, agents, shells. A contained command never changes them.
[[nodiscard]] const std::vector<std::string>& protected_names();

// Whether a file tool may write this path (relative, normal): false for protected names, and for .git at any
// depth.
[[nodiscard]] bool may_write(const std::filesystem::path& relative);

// The protected names of one workspace as they were before a command ran, with `.git` of each submodule.
//
// Those that exist are mount points while it runs and cannot change. A name that does not exist cannot be a
// mount point without leaving something behind in the user's folder, and a symbolic link is never one: these
// two are put back as they were afterwards.
class ProtectedNames {
public:
    static Result<ProtectedNames> look(const std::filesystem::path& workspace);

    // Files and folders to show read-only, relative to the workspace: what exists, and what existing links
    // lead to inside the workspace.
    [[nodiscard]] const std::vector<std::filesystem::path>& existing() const { return existing_; }

    // What becomes of that which stands there and may not.
    enum class Leftovers : std::uint8_t {
        kRemoved,
        kRenamed,  // to a free name beside it, under which no program looks for it
    };

    // Takes away what a command made under a name that was free, and puts changed links back. Returns a sentence
    // for each. Errors: what the file system said; the workspace is then not to be trusted.
    [[nodiscard]] Result<std::vector<std::string>> restore(Leftovers leftovers = Leftovers::kRemoved) const;

private:
    struct Link {
        std::string name;
        std::filesystem::path target;
    };

    ProtectedNames() = default;

    std::filesystem::path workspace_;
    std::vector<std::filesystem::path> existing_;
    std::vector<std::string> missing_;
    std::vector<Link> links_;
    bool bare_repository_ = false;
};

}  // namespace hearth::sandbox
