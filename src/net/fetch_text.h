#pragma once
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"

namespace hearth::net {

struct FetchedText {
    int status = 0;
    std::string authenticate;  // WWW-Authenticate
    std::string body;
};

// A small file on a web server, in one GET request, through redirects and the usual proxy variables. `headers` are "Name: value";
// Authorization is not sent on to other hosts. Any status is a success here.
// Errors: as download() for what comes before an answer; kTooLarge over `most` bytes. Threads: any; blocks.
[[nodiscard]] Result<FetchedText> fetch_text(const std::string& url, const std::vector<std::string>& headers,
                                             std::size_t most, const std::stop_token& stop = {});

// The error for an answer of such a status, as download() has it.
[[nodiscard]] Error status_error(int status, const std::string& url);

}  // namespace hearth::net
