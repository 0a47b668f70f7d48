#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "model/gguf.h"

namespace hearth::model {

// The first bytes of a remote file and its whole length.
struct RemoteFront {
    std::string bytes;
    std::uint64_t file_size = 0;
};

// Gets `count` bytes from `offset` on; a file that ends before gives less.
using FetchPart = std::function<Result<RemoteFront>(std::uint64_t offset, std::uint64_t count)>;

// The header of a GGUF file on a web server, by at most three range requests: 2 MiB, then up to 16, then up to 64 MiB in all; the
// tensors are never asked for.
// An address of one part of a model in several files (gguf_split.h) stands for all: their headers are read one after the other.
// Memory: what was fetched of a file, 64 MiB at most.
// Errors: kTooLarge when the header goes on after that; as net::fetch_range, parse_gguf, join_parts and check_whole.
[[nodiscard]] Result<GgufHeader> read_remote_gguf(const std::string& url, const std::stop_token& stop);

// The same with any source of bytes.
[[nodiscard]] Result<GgufHeader> read_gguf_in_parts(const FetchPart& fetch);

}  // namespace hearth::model
