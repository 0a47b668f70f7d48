#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "net/http_server.h"

namespace hearth::serve {

// Whether a request may come in at all, before any key. Two attacks of web pages on a server of the same machine are refused:
// a foreign name that was made to resolve to this machine (Host is not a local one), and a page of a foreign site that asks from the
// user's browser (Origin). Programs send no Origin.
// Errors: kPermission with what to do. Pure.
[[nodiscard]] Status check_access(const net::ServedRequest& request, const std::vector<std::string>& origins);

// What a browser needs to see to let a page read the answer; empty without an Origin.
[[nodiscard]] net::Headers cors_headers(const net::ServedRequest& request);

// "localhost", "127.0.0.1", "[::1]", a name that ends in .localhost, .local, .internal or .lan, or a private address. Pure.
[[nodiscard]] bool is_local_host(std::string_view host);

}  // namespace hearth::serve
