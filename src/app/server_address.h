#pragma once
#include <string_view>

#include "core/result.h"
#include "net/http_client.h"

namespace hearth::app {

// "http://127.0.0.1:8080", "127.0.0.1:8080", "http://[::1]:8080" or "unix:/run/x.sock" as an address; the port is 80 when none is
// given, a path is left out. Errors: kInvalidInput with the forms; kUnsupported for https.
[[nodiscard]] Result<net::Address> parse_server_address(std::string_view text);

}  // namespace hearth::app
