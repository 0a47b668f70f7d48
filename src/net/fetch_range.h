#pragma once
#include <cstdint>
#include <stop_token>
#include <string>

#include "core/result.h"

namespace hearth::net {

struct FetchedRange {
    std::string bytes;            // fewer than asked for where the file ends
    std::uint64_t file_size = 0;  // of the whole file
};

// Part of a file on a web server, in one request, through redirects and the usual proxy variables. A server without ranges is
// cut off once it has sent enough, which works only from the start of the file.
// Memory: the part. Errors: as download(); kUnsupported when the server neither takes ranges nor says how long the file is;
// kInvalidInput for parts over 256 MiB. Threads: any; blocks.
[[nodiscard]] Result<FetchedRange> fetch_range(const std::string& url, std::uint64_t offset,
                                               std::uint64_t count, const std::stop_token& stop = {});

}  // namespace hearth::net
