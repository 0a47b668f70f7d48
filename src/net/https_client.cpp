#include "net/https_client.h"

#include <array>
#include <cstdlib>
#include <exception>
#include <fmt/format.h>

#include "net/detail/curl.h"
#include "net/detail/one_transfer.h"
#include "net/detail/socket.h"

namespace hearth::net {
namespace {

// One request in a handle of curl's, from its addition to its removal.
class Ask {
public:
    Ask(const detail::Curl& curl, CURLM* multi, std::size_t max_body)
        : curl_(curl), multi_(multi), easy_(curl.easy_init()), max_body_(max_body) {}

    ~Ask() {
        if (easy_ != nullptr) curl_.multi_remove_handle(multi_, easy_);
        if (easy_ != nullptr) curl_.easy_cleanup(easy_);
        curl_.slist_free_all(headers_);
    }

    Ask(const Ask&) = delete;
    Ask& operator=(const Ask&) = delete;

    Status start(const std::string& url, const std::string& key_pin, const HttpRequest& request,
                 const HttpLimits& limits) {
        if (easy_ == nullptr) return Error(Code::kExhausted, "libcurl has no memory for a request");
        for (const auto& [name, value] : request.headers)
            headers_ = curl_.slist_append(headers_, fmt::format("{}: {}", name, value).c_str());
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_NOPROXY, "*");
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        if (!request.body.empty()) {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            set(CURLOPT_POSTFIELDS, request.body.c_str());
        }
        set(CURLOPT_HTTPHEADER, headers_);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_timeout.count()));
        if (limits.total_timeout) set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total_timeout->count()));
        set(CURLOPT_ERRORBUFFER, detail_.data());
        set(CURLOPT_WRITEFUNCTION, &Ask::take_body);
        set(CURLOPT_WRITEDATA, static_cast<void*>(this));
        TRY(trust(key_pin));
        if (curl_.multi_add_handle(multi_, easy_) != CURLM_OK)
            return Error(Code::kInternal, "libcurl cannot start a request");
        return {};
    }

    Result<HttpResponse> result(CURLcode code, const std::string& url) {
        if (response_.body.size() > max_body_)
            return Error(Code::kTooLarge,
                         fmt::format("the answer is larger than the limit of {} bytes", max_body_));
        if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
            return Error(Code::kPermission,
                         "another server answers there: it has not the key that was expected");
        if (code != CURLE_OK) return detail::curl_error(curl_, code, detail_.data(), url.c_str());
        long status = 0;
        curl_.easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        response_.status = static_cast<int>(status);
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

    static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
        try {
            auto& ask = *static_cast<Ask*>(self);
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
    HttpResponse response_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
};

}  // namespace

Result<HttpResponse> exchange_tls(const TcpAddress& address, const std::string& key_pin,
                                  const HttpRequest& request, const HttpLimits& limits,
                                  const std::stop_token& stop) {
    const std::string url = fmt::format("https://{}{}", detail::describe(address), request.target);
    TRY(detail::check_url(url));
    const detail::Curl* curl = TRY(detail::curl());
    const detail::OneTransfer multi(*curl);
    if (!multi) return Error(Code::kExhausted, "libcurl has no memory for a request");
    Ask ask(*curl, multi.get(), limits.max_body);
    TRY(ask.start(url, key_pin, request, limits));
    return ask.result(TRY(multi.finish(stop)), url);
}

}  // namespace hearth::net
