#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <sys/stat.h>

#include "core/result.h"
#include "history/folder_list.h"
#include "os/fd.h"

namespace hearth::history::detail {

// A larger file is not kept.
inline constexpr std::int64_t kMaxFileBytes = std::int64_t{16} << 20U;

// The state of a file whose content is not kept.
[[nodiscard]] FileState unkept_state(const struct stat& info);

struct ReadFile {
    std::string bytes;
    struct stat info{};  // as it was before it was read
};

// A regular file in an open folder, read whole. Nothing when it is no such file any more, is closed to us or too large.
[[nodiscard]] std::optional<ReadFile> read_regular(int folder, const std::string& name);

// Where a link in an open folder leads; nothing when it is none any more.
[[nodiscard]] std::optional<std::string> read_link(int folder, const std::string& name);

// What stands under a name in an open folder now, its content read. Nothing for what is not there, and for what is never kept (a device,
// pipe or socket). A folder has no content.
[[nodiscard]] std::optional<FileState> observe(int folder, const std::string& name);

}  // namespace hearth::history::detail
