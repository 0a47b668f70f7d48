#include "net/detail/exchange_text.h"

#include <fmt/format.h>

#include "net/detail/curl.h"
#include "net/detail/one_transfer.h"

namespace hearth::net::detail {

Result<FetchedText> exchange_text(const std::string& url, const std::vector<std::string>& headers,
                                  const Transfer::Post* post, std::size_t most, const std::stop_token& stop) {
    TRY(check_url(url));
    const Curl* library = TRY(curl());
    const OneTransfer multi(*library);
    if (!multi) return Error(Code::kExhausted, "libcurl has no memory for a request");
    FetchedText found;
    bool too_long = false;
    const auto take = [&](const Facts&, std::string_view piece) {
        too_long = found.body.size() + piece.size() > most;
        if (!too_long) found.body += piece;
        return !too_long;
    };
    const auto transfer = TRY(Transfer::start(*library, multi.get(), url, std::nullopt, take, headers, post));
    const CURLcode code = TRY(multi.finish(stop));
    if (too_long)
        return Error(Code::kTooLarge, fmt::format("what the server sent is longer than {} bytes", most));
    if (code != CURLE_OK) return transfer->error(code);
    found.status = static_cast<int>(transfer->facts().status);
    found.authenticate = transfer->facts().authenticate;
    return found;
}

}  // namespace hearth::net::detail
