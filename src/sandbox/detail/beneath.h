#pragma once
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

#include "core/result.h"
#include "os/fd.h"

namespace hearth::sandbox::detail {

// Whether links on the way may be followed (inside the folder; out of it they never are).
enum class Links : bool { kFollow, kRefuse };

// openat2 below `folder`; the descriptor is invalid and errno is set when it fails. EXDEV means that the path
// leads out.
[[nodiscard]] os::Fd open_beneath(int folder, const std::filesystem::path& path, int flags, Links links,
                                  mode_t mode = 0);

// The real path of an open file or folder, as the kernel knows it.
[[nodiscard]] Result<std::filesystem::path> path_of(int descriptor);

// Names in an open folder, sorted, without "." and "..".
[[nodiscard]] Result<std::vector<std::string>> names_in(int folder);

}  // namespace hearth::sandbox::detail
