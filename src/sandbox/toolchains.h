#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/paths.h"

namespace hearth::sandbox {

using os::is_within;  // folders are compared all over this room

// What a contained command may see of the programs its user has installed outside /usr.
struct Toolchains {
    // A folder shown read-only, and the variable that tells its tools where they live, because HOME is
    // another folder inside. The variable may be empty.
    struct Folder {
        std::filesystem::path path;
        std::pair<std::string, std::string> variable;
        friend bool operator==(const Folder&, const Folder&) = default;
    };

    std::vector<Folder> folders;
    std::vector<std::string> search;  // entries of PATH, in the user's order, system folders at the end

    friend bool operator==(const Toolchains&, const Toolchains&) = default;
};

// True for what every container shows anyway: /usr, /bin, /sbin, /lib*.
[[nodiscard]] bool is_system_folder(const std::filesystem::path& folder);

// The folder to show so that the programs in `programs` work: the installation around a "bin" (its
// interpreter, its libraries), but never a home, a folder with one of the `private_places` in it, or a
// top-level folder. None when even the folder itself would show too much.
// Threads: pure.
[[nodiscard]] std::optional<std::filesystem::path> installation_of(
    const std::filesystem::path& programs, const std::filesystem::path& home,
    const std::vector<std::filesystem::path>& private_places);

// Which folders to show for a PATH, and the PATH to use inside. Relative entries are left out: a program
// found in whatever folder is current is how a workspace takes over a command.
// Pure: nothing is looked up on disk, so some folders may not exist.
[[nodiscard]] Toolchains toolchain_folders(std::string_view path, const std::filesystem::path& home,
                                           const std::vector<std::filesystem::path>& private_places = {});

}  // namespace hearth::sandbox
