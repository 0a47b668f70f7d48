#include "net/fetch_range.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "core/text.h"
#include "net/detail/curl.h"
#include "net/detail/transfer.h"

namespace hearth::net {

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20U;
constexpr int kPollMs = 100;
constexpr long kPartial = 206;
constexpr long kWhole = 200;

Status check_url(const std::string& url) {
    const std::string scheme = to_lower_ascii(url.substr(0, 8));
    if (!scheme.starts_with("http://") && scheme != "https://")
        return Error(Code::kInvalidInput,
                     "'" + printable(url) + "' is no address: it must begin with http:// or https://");
    for (const char byte : url)
        if (static_cast<unsigned char>(byte) <= 0x20U || byte == 0x7F)
            return Error(Code::kInvalidInput,
                         "'" + printable(url) + "' is no address: it holds a space or a control byte");
    return {};
}

struct CloseMulti {
    const detail::Curl* curl;

    void operator()(CURLM* multi) const { curl->multi_cleanup(multi); }
};

// Until the one transfer has ended; how it did.
Result<CURLcode> finish(const detail::Curl& curl, CURLM* multi, const std::stop_token& stop) {
    while (true) {
        int running = 0;
        if (const CURLMcode failure = curl.multi_perform(multi, &running); failure != CURLM_OK)
            return Error(Code::kInternal, fmt::format("libcurl: {}", curl.multi_strerror(failure)));
        int left = 0;
        while (const CURLMsg* message = curl.multi_info_read(multi, &left))
            if (message->msg == CURLMSG_DONE) return message->data.result;
        if (stop.stop_requested()) return Error(Code::kCancelled, "stopped while a header was fetched");
        curl.multi_poll(multi, nullptr, 0, kPollMs, nullptr);
    }
}

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
    TRY(check_url(url));
    if (count == 0 || count > kMostBytes || offset > (std::uint64_t{1} << 62U))
        return Error(Code::kInvalidInput, fmt::format("a part has 1 to {} bytes", kMostBytes));
    const detail::Curl* curl = TRY(detail::curl());
    const std::unique_ptr<CURLM, CloseMulti> multi(curl->multi_init(), CloseMulti{curl});
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
    const CURLcode code = TRY(finish(*curl, multi.get(), stop));
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
