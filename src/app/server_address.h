#pragma once
#include <string>
#include <string_view>

#include "core/result.h"
#include "net/http_client.h"

namespace hearth::app {

// "http://127.0.0.1:8080", "127.0.0.1:8080", "http://[::1]:8080" or "unix:/run/x.sock" as an address; the port is 80 when none is
// given, a path is left out. Errors: kInvalidInput with the forms; kUnsupported for https.
[[nodiscard]] Result<net::Address> parse_server_address(std::string_view text);

// Where a server is to listen, as OLLAMA_HOST and --listen have it: "127.0.0.1:8080", ":8080", "8080", "desk", "http://127.0.0.1:11434",
// "unix:/run/hearth.sock". Without a host 127.0.0.1, without a port 11434. Errors: kInvalidInput.
[[nodiscard]] Result<net::Address> parse_listen_address(std::string_view text);

// As a client writes it: "http://127.0.0.1:11434", "unix:/run/hearth.sock".
[[nodiscard]] std::string address_words(const net::Address& address);

}  // namespace hearth::app
