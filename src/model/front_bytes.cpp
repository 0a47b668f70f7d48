#include "model/front_bytes.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <unistd.h>

namespace hearth::model {

Result<std::string_view> FrontOfMemory::window(std::uint64_t offset, std::size_t needed) {
    if (offset > bytes_.size() || bytes_.size() - offset < needed) {
        return Error(Code::kInvalidInput,
                     fmt::format("the header goes on after the {} bytes given", bytes_.size()));
    }
    return bytes_.substr(static_cast<std::size_t>(offset));
}

Result<std::string_view> FrontOfFile::window(std::uint64_t offset, std::size_t needed) {
    buffer_.resize(std::max(kFrontWindow, needed));
    std::size_t have = 0;
    while (have < needed) {
        const auto got = ::pread(descriptor_, buffer_.data() + have, buffer_.size() - have,
                                 static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_error(errno, "reading the model file");
        if (got == 0) {
            return Error(Code::kCorrupt, fmt::format("the file became shorter while it was read (at byte {})",
                                                     offset + have));
        }
        have += static_cast<std::size_t>(got);
    }
    return std::string_view(buffer_).substr(0, have);
}

}  // namespace hearth::model
