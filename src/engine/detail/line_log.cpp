#include "engine/detail/line_log.h"

#include <cerrno>
#include <fcntl.h>

#include "os/fd.h"
#include "os/files.h"

namespace hearth::engine::detail {

Status append_line(const std::filesystem::path& file, const std::string& line) {
    TRY(os::make_directories(file.parent_path()));
    const os::Fd log(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!log) return errno_error(errno, "opening " + file.string());
    return os::write_all(log.get(), line, "writing " + file.string());
}

}  // namespace hearth::engine::detail
