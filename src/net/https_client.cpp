#include "net/https_client.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <fmt/format.h>

#include "core/text.h"
#include "net/detail/curl.h"
#include "net/detail/one_transfer.h"
#include "net/detail/socket.h"

namespace hearth::net {
namespace {

// One request in a handle of curl's, from its addition to its removal.
class Ask {
public:
    Ask(const detail::Curl& curl, CURLM* multi, std::size_t max_body, const BodySink& sink)
        : curl_(curl), multi_(multi), easy_(curl.easy_init()), max_body_(max_body), sink_(sink) {}

    ~Ask() {
        if (easy_ != nullptr) curl_.multi_remove_handle(multi_, easy_);
        if (easy_ != nullptr) curl_.easy_cleanup(easy_);
        curl_.slist_free_all(headers_);
    }

    Ask(const Ask&) = delete;
    Ask& operator=(const Ask&) = delete;

    Status start(const std::string& url, const std::string& key_pin, const HttpRequest& request,
                 const HttpLimits& limits, Proxy proxy) {
        if (easy_ == nullptr) return Error(Code::kExhausted, "libcurl has no memory for a request");
        for (const auto& [name, value] : request.headers)
            headers_ = curl_.slist_append(headers_, fmt::format("{}: {}", name, value).c_str());
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_QUICK_EXIT, 1L);  // a name lookup under way must not hold up a stop request
        if (proxy == Proxy::kNone) set(CURLOPT_NOPROXY, "*");
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        if (!request.body.empty()) {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            set(CURLOPT_POSTFIELDS, request.body.c_str());
        }
        set(CURLOPT_HTTPHEADER, headers_);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_timeout.count()));
        if (limits.total_timeout) set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total_timeout->count()));
        if (limits.idle_timeout) {
            const auto seconds = std::chrono::ceil<std::chrono::seconds>(*limits.idle_timeout);
            set(CURLOPT_LOW_SPEED_LIMIT, 1L);
            set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(seconds.count()));
        }
        set(CURLOPT_ERRORBUFFER, detail_.data());
        set(CURLOPT_HEADERFUNCTION, &Ask::take_header);
        set(CURLOPT_HEADERDATA, static_cast<void*>(this));
        set(CURLOPT_WRITEFUNCTION, &Ask::take_body);
        set(CURLOPT_WRITEDATA, static_cast<void*>(this));
        TRY(trust(key_pin));
        if (curl_.multi_add_handle(multi_, easy_) != CURLM_OK)
            return Error(Code::kInternal, "libcurl cannot start a request");
        return {};
    }

    Result<HttpResponse> result(CURLcode code, const std::string& url) {
        if (refused_) return Error(Code::kCancelled, "the rest of the answer was not wanted");
        if (response_.body.size() > max_body_)
            return Error(Code::kTooLarge,
                         fmt::format("the answer is larger than the limit of {} bytes", max_body_));
        if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
            return Error(Code::kPermission,
                         "another server answers there: it has not the key that was expected");
        if (code != CURLE_OK) return detail::curl_error(curl_, code, detail_.data(), url.c_str());
        response_.status = status();
        return std::move(response_);
    }

private:
    template <typename T>
    CURLcode set(CURLoption option, T value) {
        return curl_.easy_setopt(easy_, option, value);
    }

    Status trust(const std::string& key_pin) {
        if (!key_pin.empty()) {
            // A libcurl that cannot compare keys must not go on without a check.
            if (set(CURLOPT_PINNEDPUBLICKEY, key_pin.c_str()) != CURLE_OK)
                return Error(Code::kUnsupported, "the installed libcurl cannot tell a server by its key");
            set(CURLOPT_SSL_VERIFYPEER, 0L);
            set(CURLOPT_SSL_VERIFYHOST, 0L);
            return {};
        }
        // Obeyed by curl's own program, not by the library.
        if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr && *file != '\0')
            set(CURLOPT_CAINFO, file);
        return {};
    }

    [[nodiscard]] int status() const {
        long status = 0;
        curl_.easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        return static_cast<int>(status);
    }

    static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
        try {
            static_cast<Ask*>(self)->read_header(std::string_view(data, size * count));
            return size * count;
        } catch (const std::exception&) {  // no memory
            return 0;
        }
    }

    // A line "HTTP/1.1 200 OK" begins another answer, after a "100 Continue" or a proxy's own.
    void read_header(std::string_view line) {
        if (line.starts_with("HTTP/")) response_.headers.clear();
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return;
        response_.headers.emplace_back(to_lower_ascii(line.substr(0, colon)),
                                       std::string(trim(line.substr(colon + 1))));
    }

    static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
        try {
            auto& ask = *static_cast<Ask*>(self);
            if (ask.sink_) {
                ask.refused_ = !ask.sink_(ask.status(), std::string_view(data, size * count));
                return ask.refused_ ? 0 : size * count;
            }
            ask.response_.body.append(data, size * count);
            return ask.response_.body.size() > ask.max_body_ ? 0 : size * count;
        } catch (const std::exception&) {  // no memory
            return 0;
        }
    }

    const detail::Curl& curl_;
    CURLM* multi_;
    CURL* easy_;
    curl_slist* headers_ = nullptr;
    std::size_t max_body_;
    const BodySink& sink_;  // of the one call that this object lives in
    bool refused_ = false;  // by the sink
    HttpResponse response_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
};

}  // namespace

Result<HttpResponse> exchange_tls(const TcpAddress& address, const std::string& key_pin,
                                  const HttpRequest& request, const HttpLimits& limits,
                                  const std::stop_token& stop, const BodySink& sink, Proxy proxy) {
    const std::string url = fmt::format("https://{}{}", detail::describe(address), request.target);
    TRY(detail::check_url(url));
    const detail::Curl* curl = TRY(detail::curl());
    const detail::OneTransfer multi(*curl);
    if (!multi) return Error(Code::kExhausted, "libcurl has no memory for a request");
    Ask ask(*curl, multi.get(), limits.max_body, sink);
    TRY(ask.start(url, key_pin, request, limits, proxy));
    return ask.result(TRY(multi.finish(stop)), url);
}

}  // namespace hearth::net
