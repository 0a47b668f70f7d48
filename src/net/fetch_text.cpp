#include "net/fetch_text.h"

#include <fmt/format.h>

#include "net/detail/curl.h"
#include "net/detail/one_transfer.h"
#include "net/detail/transfer.h"

namespace hearth::net {

Result<FetchedText> fetch_text(const std::string& url, const std::vector<std::string>& headers,
                               std::size_t most, const std::stop_token& stop) {
    TRY(detail::check_url(url));
    const detail::Curl* curl = TRY(detail::curl());
    const detail::OneTransfer multi(*curl);
    if (!multi) return Error(Code::kExhausted, "libcurl has no memory for a request");
    FetchedText found;
    bool too_long = false;
    const auto take = [&](const detail::Facts&, std::string_view piece) {
        too_long = found.body.size() + piece.size() > most;
        if (!too_long) found.body += piece;
        return !too_long;
    };
    const auto transfer = TRY(detail::Transfer::start(*curl, multi.get(), url, std::nullopt, take, headers));
    const CURLcode code = TRY(multi.finish(stop));
    if (too_long)
        return Error(Code::kTooLarge, fmt::format("what the server sent is longer than {} bytes", most));
    if (code != CURLE_OK) return transfer->error(code);
    found.status = static_cast<int>(transfer->facts().status);
    found.authenticate = transfer->facts().authenticate;
    return found;
}

Error status_error(int status, const std::string& url) { return detail::status_error(status, url.c_str()); }

}  // namespace hearth::net
