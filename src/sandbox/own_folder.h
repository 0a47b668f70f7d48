#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

#include "core/result.h"
#include "os/fd.h"

namespace hearth::sandbox {

// A folder in a workspace that hearth itself keeps, below `.hearth`, where neither commands nor file tools of the agent can write
// (protected_names.h). No link on the way is followed: a workspace may come from anywhere.
// Errors: kNotFound when the folder is gone or was never made; kPermission for a link; kTooLarge; kDiskFull.
// Threads: any; the object holds one descriptor.
class OwnFolder {
public:
    enum class Make : bool { kNo, kYes };

    // `name` as "memory" for `.hearth/memory`. What root makes belongs to the owner of the workspace.
    static Result<OwnFolder> open(const std::filesystem::path& workspace, const std::string& name, Make make);

    // Nothing when there is no such file.
    [[nodiscard]] Result<std::optional<std::string>> read(const std::string& name,
                                                          std::size_t limit = std::size_t{1} << 20U) const;

    // Replaces the file in one step if it still is as `expected` (nothing: not there), else kConflict: what somebody else wrote meanwhile
    // stays.
    [[nodiscard]] Status swap(const std::string& name, const std::optional<std::string>& expected,
                              std::string_view content) const;

    // Gives a file another name, never that of one that is there.
    [[nodiscard]] Status rename(const std::string& from, const std::string& to) const;

    // Held by one process at a time, until the descriptor is closed. Waits for two seconds. Errors: kConflict.
    [[nodiscard]] Result<os::Fd> lock() const;

private:
    struct Owner {
        uid_t user = 0;
        gid_t group = 0;
    };

    OwnFolder(os::Fd folder, Owner owner) : folder_(std::move(folder)), owner_(owner) {}

    [[nodiscard]] Status put(const std::string& temporary, std::string_view content) const;
    [[nodiscard]] Status exchange(const std::string& temporary, const std::string& name,
                                  const std::string& expected, std::string_view content) const;

    os::Fd folder_;
    Owner owner_;
};

}  // namespace hearth::sandbox
