#pragma once
#include <stop_token>
#include <string>

#include "core/result.h"
#include "net/detail/curl.h"

namespace hearth::net::detail {

// A curl multi handle for a single transfer. Threads: one owner.
class OneTransfer {
public:
    explicit OneTransfer(const Curl& curl) : curl_(curl), multi_(curl.multi_init()) {}

    ~OneTransfer() {
        if (multi_ != nullptr) curl_.multi_cleanup(multi_);
    }

    OneTransfer(const OneTransfer&) = delete;
    OneTransfer& operator=(const OneTransfer&) = delete;

    // False without memory.
    explicit operator bool() const { return multi_ != nullptr; }

    [[nodiscard]] CURLM* get() const { return multi_; }

    // Until the transfer has ended; how it did. Errors: kCancelled, kInternal. Blocks.
    [[nodiscard]] Result<CURLcode> finish(const std::stop_token& stop) const;

private:
    const Curl& curl_;
    CURLM* multi_;
};

// Errors: kInvalidInput for what is no http or https address.
[[nodiscard]] Status check_url(const std::string& url);

}  // namespace hearth::net::detail
