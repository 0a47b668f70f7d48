#include "net/fetch_text.h"

#include "net/detail/curl.h"
#include "net/detail/exchange_text.h"

namespace hearth::net {

Result<FetchedText> fetch_text(const std::string& url, const std::vector<std::string>& headers,
                               std::size_t most, const std::stop_token& stop) {
    return detail::exchange_text(url, headers, nullptr, most, stop);
}

Error status_error(int status, const std::string& url) { return detail::status_error(status, url.c_str()); }

}  // namespace hearth::net
