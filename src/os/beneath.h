#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "core/result.h"
#include "os/fd.h"

namespace hearth::os {

// Whether links on the way may be followed (inside the folder; out of it they never are).
enum class Links : bool { kFollow, kRefuse };

// openat2 below `folder`; the descriptor is invalid and errno is set when it fails. EXDEV means that the path
// leads out.
[[nodiscard]] Fd open_beneath(int folder, const std::filesystem::path& path, int flags, Links links,
                              mode_t mode = 0);

// The real path of an open file or folder, as the kernel knows it.
[[nodiscard]] Result<std::filesystem::path> path_of(int descriptor);

// Names in an open folder, sorted, without "." and "..".
[[nodiscard]] Result<std::vector<std::string>> names_in(int folder);

// What a file that is made shall look like. Only root can give files away: the owner of others' files is not changed.
struct Looks {
    std::optional<mode_t> mode;  // permission bits; without them what the umask leaves
    uid_t owner = 0;
    gid_t group = 0;
};

// Gives an open file or folder its looks. `shown`: its path, for errors.
[[nodiscard]] Status give_looks(int descriptor, const Looks& looks, std::string_view shown);

// Replaces or creates a file in an open folder in one step: written and synced under the name `temporary`, then renamed. What was there
// before is not followed when it is a link. Errors: as the system says, with `shown`; nothing is left under either name that was not there.
[[nodiscard]] Status replace_at(int folder, const std::string& name, std::string_view content,
                                const Looks& looks, const std::string& temporary, std::string_view shown);

}  // namespace hearth::os
