#include "net/detail/curl.h"

#include <fmt/format.h>
#include <string>
#include <string_view>

#include "core/text.h"
#include "os/shared_library.h"

namespace hearth::net::detail {

namespace {

struct Loaded {
    Curl curl;
    std::string failure;  // empty when it is usable
};

Loaded load() {
    Loaded made;
    // The same interface, with OpenSSL and with GnuTLS inside.
    auto library = os::SharedLibrary::open({"libcurl.so.4", "libcurl-gnutls.so.4"});
    if (!library) {
        made.failure = fmt::format(
            "downloads need libcurl, which cannot be loaded ({}); install it, on Debian and "
            "Ubuntu with: apt-get install libcurl4",
            library.error().message());
        return made;
    }
    Curl& curl = made.curl;
    library->find("curl_global_init", curl.global_init);
    library->find("curl_easy_init", curl.easy_init);
    library->find("curl_easy_cleanup", curl.easy_cleanup);
    library->find("curl_easy_setopt", curl.easy_setopt);
    library->find("curl_easy_getinfo", curl.easy_getinfo);
    library->find("curl_easy_strerror", curl.easy_strerror);
    library->find("curl_multi_init", curl.multi_init);
    library->find("curl_multi_cleanup", curl.multi_cleanup);
    library->find("curl_multi_add_handle", curl.multi_add_handle);
    library->find("curl_multi_remove_handle", curl.multi_remove_handle);
    library->find("curl_multi_perform", curl.multi_perform);
    library->find("curl_multi_poll", curl.multi_poll);
    library->find("curl_multi_info_read", curl.multi_info_read);
    library->find("curl_multi_strerror", curl.multi_strerror);
    library->find("curl_slist_append", curl.slist_append);
    library->find("curl_slist_free_all", curl.slist_free_all);
    if (const char* missing = library->missing(); missing != nullptr)
        made.failure =
            fmt::format("the installed libcurl is too old: it lacks {} (7.66 or newer is needed)", missing);
    else if (const CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK)
        made.failure = fmt::format("libcurl cannot start: {}", curl.easy_strerror(code));
    return made;
}

// A query may hold a signature or a token.
std::string shown(const char* url) {
    std::string_view text = url;
    text = text.substr(0, text.find_first_of("?#"));
    const std::size_t scheme = text.find("://");
    const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::size_t slash = text.find('/', host);
    const std::size_t at = text.substr(0, slash).rfind('@');
    if (at == std::string_view::npos || at < host) return printable(text);
    return printable(std::string(text.substr(0, host)) + std::string(text.substr(at + 1)));
}

}  // namespace

Result<const Curl*> curl() {
    static const Loaded loaded = load();
    if (!loaded.failure.empty()) return Error(Code::kUnavailable, loaded.failure);
    return &loaded.curl;
}

bool is_transient(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_PARTIAL_FILE:
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM: return true;
        default: return false;
    }
}

bool is_transient_status(long status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

Error curl_error(const Curl& curl, CURLcode code, const char* detail, const char* url) {
    const std::string what = fmt::format("cannot fetch {}: {}", shown(url),
                                         *detail != '\0' ? printable(detail) : curl.easy_strerror(code));
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT: return {Code::kTimeout, what};
        case CURLE_URL_MALFORMAT: return {Code::kInvalidInput, what};
        case CURLE_UNSUPPORTED_PROTOCOL:
            return {Code::kUnsupported, what + " (only http and https are followed)"};
        case CURLE_OUT_OF_MEMORY: return {Code::kExhausted, what};
        case CURLE_PEER_FAILED_VERIFICATION:
            return {Code::kPermission,
                    what +
                        "; if your network has its own certificate authority, name its file in "
                        "SSL_CERT_FILE"};
        case CURLE_SSL_CACERT_BADFILE:
            return {Code::kUnavailable, what + "; install the certificates: apt-get install ca-certificates"};
        case CURLE_WEIRD_SERVER_REPLY: return {Code::kCorrupt, what};
        default: return {Code::kUnavailable, what};
    }
}

Error status_error(long status, const char* url) {
    const std::string what = fmt::format("cannot fetch {}: the server answered {}", shown(url), status);
    if (status == 404 || status == 410) return {Code::kNotFound, what + " (no such file there)"};
    if (status == 401 || status == 403 || status == 407 || status == 451)
        return {Code::kPermission, what + " (access refused)"};
    return {Code::kUnavailable, what};
}

}  // namespace hearth::net::detail
