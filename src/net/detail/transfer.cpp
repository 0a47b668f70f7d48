#include "net/detail/transfer.h"

#include <cstdlib>
#include <exception>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"

namespace hearth::net::detail {

namespace {

constexpr long kConnectSeconds = 15;
// A connection that brings nothing for so long is given up and tried again.
constexpr long kStalledSeconds = 30;
constexpr long kMaxRedirects = 10;
constexpr long kBufferBytes = 256L * 1024;

}  // namespace

Transfer::Transfer(const Curl& curl, CURLM* multi, CURL* easy, std::string url, OnBody on_body)
    : curl_(curl), multi_(multi), easy_(easy), url_(std::move(url)), on_body_(std::move(on_body)) {}

Transfer::~Transfer() {
    curl_.multi_remove_handle(multi_, easy_);
    curl_.easy_cleanup(easy_);
    curl_.slist_free_all(headers_);
}

Result<std::unique_ptr<Transfer>> Transfer::start(const Curl& curl, CURLM* multi, const std::string& url,
                                                  std::optional<Range> range, OnBody on_body,
                                                  const std::vector<std::string>& headers, const Post* post) {
    CURL* easy = curl.easy_init();
    if (easy == nullptr) return Error(Code::kExhausted, "libcurl has no memory for another request");
    std::unique_ptr<Transfer> made(new Transfer(curl, multi, easy, url, std::move(on_body)));
    made->range_ = range;
    for (const std::string& header : headers) {
        curl_slist* longer = curl.slist_append(made->headers_, header.c_str());
        if (longer == nullptr) return Error(Code::kExhausted, "libcurl has no memory for another request");
        made->headers_ = longer;
    }
    made->configure();
    if (post != nullptr) made->configure(*post);
    if (const CURLMcode failed = curl.multi_add_handle(multi, easy); failed != CURLM_OK)
        return Error(Code::kInternal, fmt::format("cannot start a request: {}", curl.multi_strerror(failed)));
    return made;
}

void Transfer::configure() {
    const auto set = [this](CURLoption option, auto value) {
        return curl_.easy_setopt(easy_, option, value);
    };
    set(CURLOPT_URL, url_.c_str());
    if (set(CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK)  // before libcurl 7.85
        set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    if (set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https") != CURLE_OK)
        set(CURLOPT_REDIR_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kMaxRedirects);
    // Version 2 would send all ranges over one connection, and so at the speed of one.
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_NOSIGNAL, 1L);
    // A name lookup under way must not hold up a stop request (libcurl 7.87; older ones wait for it).
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
    set(CURLOPT_BUFFERSIZE, kBufferBytes);
    set(CURLOPT_USERAGENT, "hearth");
    set(CURLOPT_ERRORBUFFER, detail_.data());
    set(CURLOPT_HEADERFUNCTION, &Transfer::take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    // Variables that curl's own program obeys and the library does not.
    for (const char* name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"})
        if (const char* file = std::getenv(name); file != nullptr && *file != '\0') {
            set(CURLOPT_CAINFO, file);
            break;
        }
    if (headers_ != nullptr) set(CURLOPT_HTTPHEADER, headers_);
    if (range_) set(CURLOPT_RANGE, fmt::format("{}-{}", range_->begin, range_->end - 1).c_str());
}

void Transfer::configure(const Post& post) {
    const auto set = [this](CURLoption option, auto value) {
        return curl_.easy_setopt(easy_, option, value);
    };
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
    set(CURLOPT_POSTFIELDS, post.body.data());
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(post.timeout.count()));
}

std::size_t Transfer::take_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    try {
        static_cast<Transfer*>(self)->read_header(std::string_view(data, size * count));
        return size * count;
    } catch (const std::exception&) {  // no memory
        return 0;
    }
}

std::size_t Transfer::take_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    try {
        auto* transfer = static_cast<Transfer*>(self);
        return transfer->on_body_(transfer->facts_, std::string_view(data, size * count)) ? size * count : 0;
    } catch (const std::exception&) {  // no memory
        return 0;
    }
}

void Transfer::read_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {
        // The next answer begins: after a redirect, or after a "100 Continue".
        facts_ = Facts{};
        const std::size_t space = line.find(' ');
        if (space != std::string_view::npos)
            facts_.status = static_cast<long>(parse_number(line.substr(space + 1, 3)).value_or(0));
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = to_lower_ascii(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "content-length") facts_.length = parse_number(value);
    if (name == "content-range") facts_.range = parse_content_range(value);
    if (name == "etag") facts_.etag = to_valid_utf8(value);
    if (name == "www-authenticate") facts_.authenticate = to_valid_utf8(value);
    if (name == "last-modified") facts_.last_modified = to_valid_utf8(value);
}

std::int64_t Transfer::retry_after_seconds() const {
    curl_off_t seconds = 0;
    return curl_.easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK ? seconds : 0;
}

Error Transfer::error(CURLcode code) const { return curl_error(curl_, code, detail_.data(), url_.c_str()); }

}  // namespace hearth::net::detail
