#pragma once
#define CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_DEPRECATION
#include <curl/curl.h>
#include <memory>

#include "core/result.h"

namespace hearth::net::detail {

// The functions of libcurl that we use. It is loaded when it is first needed: linked, it and the 30 libraries it pulls in
// would cost every start 8 ms.
struct Curl {
    decltype(&curl_global_init) global_init = nullptr;
    decltype(&curl_easy_init) easy_init = nullptr;
    decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
    decltype(&curl_easy_setopt) easy_setopt = nullptr;
    decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
    decltype(&curl_easy_strerror) easy_strerror = nullptr;
    decltype(&curl_multi_init) multi_init = nullptr;
    decltype(&curl_multi_cleanup) multi_cleanup = nullptr;
    decltype(&curl_multi_add_handle) multi_add_handle = nullptr;
    decltype(&curl_multi_remove_handle) multi_remove_handle = nullptr;
    decltype(&curl_multi_perform) multi_perform = nullptr;
    decltype(&curl_multi_poll) multi_poll = nullptr;
    decltype(&curl_multi_info_read) multi_info_read = nullptr;
    decltype(&curl_multi_strerror) multi_strerror = nullptr;
    decltype(&curl_slist_append) slist_append = nullptr;
    decltype(&curl_slist_free_all) slist_free_all = nullptr;
};

// The loaded library; it stays loaded. Errors: kUnavailable, naming the package to install. Threads: any.
[[nodiscard]] Result<const Curl*> curl();

// Whether the same request may succeed a moment later.
[[nodiscard]] bool is_transient(CURLcode code);
[[nodiscard]] bool is_transient_status(long status);

// `detail` is what curl wrote into its error buffer, possibly empty; `url` is named without its query.
[[nodiscard]] Error curl_error(const Curl& curl, CURLcode code, const char* detail, const char* url);
[[nodiscard]] Error status_error(long status, const char* url);

}  // namespace hearth::net::detail
