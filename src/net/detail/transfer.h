#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "net/detail/curl.h"
#include "net/detail/part_state.h"

namespace hearth::net::detail {

// What the headers of an answer say; of the last one after redirects.
struct Facts {
    long status = 0;
    std::optional<std::int64_t> length;
    std::optional<ContentRange> range;
    std::string etag;
    std::string last_modified;
    std::string authenticate;  // WWW-Authenticate
};

// One request in a curl multi handle, from its addition to its removal.
// Threads: one owner. Its address is known to curl, so it does not move.
class Transfer {
public:
    struct Range {
        std::int64_t begin = 0;
        std::int64_t end = 0;  // one past the last byte
    };

    // What makes it a POST; the body outlives the transfer. Content-Type is among the headers, and redirects are not followed.
    struct Post {
        std::string_view body;
        std::chrono::milliseconds timeout;  // of the whole exchange
    };

    // Told of each piece of the body; false ends the transfer.
    using OnBody = std::function<bool(const Facts&, std::string_view)>;

    // A GET request, unless `post` is there. `headers`: "Name: value" lines; libcurl keeps Authorization from other hosts that it is redirected to.
    static Result<std::unique_ptr<Transfer>> start(const Curl& curl, CURLM* multi, const std::string& url,
                                                   std::optional<Range> range, OnBody on_body,
                                                   const std::vector<std::string>& headers = {},
                                                   const Post* post = nullptr);

    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer();

    [[nodiscard]] const CURL* handle() const { return easy_; }

    [[nodiscard]] const Facts& facts() const { return facts_; }

    [[nodiscard]] std::optional<Range> range() const { return range_; }

    // Where the server asks to wait before the next try; 0 when it does not.
    [[nodiscard]] std::int64_t retry_after_seconds() const;

    [[nodiscard]] Error error(CURLcode code) const;

private:
    Transfer(const Curl& curl, CURLM* multi, CURL* easy, std::string url, OnBody on_body);

    void configure();
    void configure(const Post& post);
    static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
    void read_header(std::string_view line);

    const Curl& curl_;
    CURLM* multi_;
    CURL* easy_;
    std::string url_;
    curl_slist* headers_ = nullptr;  // ours; freed after the handle
    std::optional<Range> range_;
    OnBody on_body_;
    Facts facts_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
};

}  // namespace hearth::net::detail
