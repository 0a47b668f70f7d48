#include "model/remote_header.h"

#include <array>
#include <vector>

#include "model/gguf_split.h"
#include "net/fetch_range.h"

namespace hearth::model {

namespace {

constexpr std::array<std::uint64_t, 3> kFronts = {std::uint64_t{2} << 20U, std::uint64_t{16} << 20U,
                                                  std::uint64_t{64} << 20U};

}  // namespace

Result<GgufHeader> read_gguf_in_parts(const FetchPart& fetch) {
    std::string front;
    for (const std::uint64_t wanted : kFronts) {
        RemoteFront part = TRY(fetch(front.size(), wanted - front.size()));
        const bool ended = part.bytes.size() < wanted - front.size();
        front += part.bytes;
        Result<GgufHeader> header = parse_gguf(front, part.file_size);
        // Only a header that goes on after what is here is worth another request.
        if (header || header.error().code() != Code::kInvalidInput || ended) return header;
    }
    return Error(Code::kTooLarge, "the header of this file is over 64 MiB");
}

namespace {

Result<GgufHeader> read_one(const std::string& url, const std::stop_token& stop) {
    return read_gguf_in_parts([&](std::uint64_t offset, std::uint64_t count) -> Result<RemoteFront> {
               net::FetchedRange range = TRY(net::fetch_range(url, offset, count, stop));
               return RemoteFront{.bytes = std::move(range.bytes), .file_size = range.file_size};
           })
        .context(url);
}

}  // namespace

Result<GgufHeader> read_remote_gguf(const std::string& url, const std::stop_token& stop) {
    const auto urls = all_parts(url);
    std::vector<GgufHeader> headers;
    for (const auto& each : urls)
        headers.push_back(TRY(read_one(each, stop)));
    if (urls.size() > 1) return join_parts(std::move(headers), urls);
    TRY(check_whole(headers.front()).context(url));
    return std::move(headers.front());
}

}  // namespace hearth::model
