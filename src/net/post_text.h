#pragma once
#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "net/fetch_text.h"

namespace hearth::net {

struct PostRequest {
    std::string url;                   // http or https
    std::vector<std::string> headers;  // "Name: value"; Content-Type is one of them
    std::string body;
    std::chrono::milliseconds timeout{10'000};  // of the whole exchange
    std::size_t most = std::size_t{1} << 20U;   // of the answer
};

// One POST to a web server, through the usual proxy variables. Redirects are not followed: they would lose the body. Any status is a success
// here.
// Errors: as fetch_text(); kTimeout. Threads: any; blocks.
[[nodiscard]] Result<FetchedText> post_text(const PostRequest& request, const std::stop_token& stop = {});

}  // namespace hearth::net
