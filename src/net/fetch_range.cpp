#include "net/fetch_range.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "core/text.h"
#include "net/detail/curl.h"
#include "net/detail/one_transfer.h"
#include "net/detail/transfer.h"

namespace hearth::net {

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20U;
constexpr long kPartial = 206;
constexpr long kWhole = 200;

std::optional<std::uint64_t> size_of_file(const detail::Facts& facts) {
    if (facts.status == kPartial && facts.range && facts.range->total > 0)
        return static_cast<std::uint64_t>(facts.range->total);
    if (facts.status == kWhole && facts.length && *facts.length >= 0)
        return static_cast<std::uint64_t>(*facts.length);
    return std::nullopt;
}

}  // namespace

Result<FetchedRange> fetch_range(const std::string& url, std::uint64_t offset, std::uint64_t count,
                                 const std::stop_token& stop) {
    TRY(detail::check_url(url));
    if (count == 0 || count > kMostBytes || offset > (std::uint64_t{1} << 62U))
        return Error(Code::kInvalidInput, fmt::format("a part has 1 to {} bytes", kMostBytes));
    const detail::Curl* curl = TRY(detail::curl());
    const detail::OneTransfer multi(*curl);
    if (!multi) return Error(Code::kExhausted, "libcurl has no memory for a request");
    FetchedRange found;
    bool enough = false;
    const auto take = [&](const detail::Facts& facts, std::string_view piece) {
        if (facts.status != kPartial && (facts.status != kWhole || offset != 0)) return false;
        found.bytes.append(piece.substr(0, count - found.bytes.size()));
        enough = found.bytes.size() == count;
        return !enough;
    };
    const auto begin = static_cast<std::int64_t>(offset);
    const std::unique_ptr<detail::Transfer> transfer = TRY(detail::Transfer::start(
        *curl, multi.get(), url, detail::Transfer::Range{begin, begin + static_cast<std::int64_t>(count)},
        take));
    const CURLcode code = TRY(multi.finish(stop));
    const detail::Facts& facts = transfer->facts();
    if (facts.status >= 300) return detail::status_error(facts.status, url.c_str());
    if (facts.status == kPartial && facts.range && facts.range->begin != begin)
        return Error(Code::kCorrupt, "the server sent another part than the one that was asked for");
    if (facts.status == kWhole && offset != 0)
        return Error(Code::kUnsupported, "this server gives whole files only");
    if (code != CURLE_OK && !enough) return transfer->error(code);
    const auto size = size_of_file(facts);
    if (!size) return Error(Code::kUnsupported, "this server does not say how long the file is");
    found.file_size = *size;
    return found;
}

}  // namespace hearth::net
