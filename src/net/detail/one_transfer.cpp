#include "net/detail/one_transfer.h"

#include <fmt/format.h>

#include "core/text.h"

namespace hearth::net::detail {
namespace {

constexpr int kPollMs = 100;

}  // namespace

Result<CURLcode> OneTransfer::finish(const std::stop_token& stop) const {
    while (true) {
        int running = 0;
        if (const CURLMcode failure = curl_.multi_perform(multi_, &running); failure != CURLM_OK)
            return Error(Code::kInternal, fmt::format("libcurl: {}", curl_.multi_strerror(failure)));
        int left = 0;
        while (const CURLMsg* message = curl_.multi_info_read(multi_, &left))
            if (message->msg == CURLMSG_DONE) return message->data.result;
        if (stop.stop_requested()) return Error(Code::kCancelled, "stopped in the middle of a request");
        curl_.multi_poll(multi_, nullptr, 0, kPollMs, nullptr);
    }
}

Status check_url(const std::string& url) {
    const std::string scheme = to_lower_ascii(url.substr(0, 8));
    if (!scheme.starts_with("http://") && scheme != "https://")
        return Error(Code::kInvalidInput,
                     "'" + printable(url) + "' is no address: it must begin with http:// or https://");
    // libcurl would take the address up to a NUL; and nothing below a space is part of one.
    for (const char byte : url)
        if (static_cast<unsigned char>(byte) <= 0x20U || byte == 0x7F)
            return Error(Code::kInvalidInput,
                         "'" + printable(url) + "' is no address: it holds a space or a control byte");
    return {};
}

}  // namespace hearth::net::detail
