#include "net/download.h"

#include "core/text.h"
#include "net/detail/curl.h"
#include "net/detail/fetch.h"

namespace hearth::net {

Status download(const DownloadRequest& request, const DownloadProgress& progress, std::stop_token stop) {
    const std::string scheme = to_lower_ascii(request.url.substr(0, 8));
    if (!scheme.starts_with("http://") && scheme != "https://")
        return Error(Code::kInvalidInput,
                     "'" + printable(request.url) +
                         "' is no address for a download: it must begin with http:// or https://");
    // libcurl would take the address up to a NUL; and nothing below a space is part of one.
    for (const char byte : request.url)
        if (static_cast<unsigned char>(byte) <= 0x20U || byte == 0x7F)
            return Error(Code::kInvalidInput, "'" + printable(request.url) +
                                                  "' is no address: it holds a space or a control byte");
    if (stop.stop_requested()) return Error(Code::kCancelled, "the download was stopped before it began");
    const detail::Curl* curl = TRY(detail::curl());
    const auto fetch = TRY(detail::Fetch::open(*curl, request, progress, std::move(stop)));
    return fetch->run();
}

}  // namespace hearth::net
