#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "net/http_client.h"

namespace hearth::app {

// "http://127.0.0.1:8080", "127.0.0.1:8080", "http://[::1]:8080" or "unix:/run/x.sock" as an address; the port is 80 when none is
// given, a path is left out. Errors: kInvalidInput with the forms; kUnsupported for https.
[[nodiscard]] Result<net::Address> parse_server_address(std::string_view text);

enum class Scheme : std::uint8_t { kUnsaid, kHttp, kHttps };

struct ListenAddress {
    net::Address address;
    Scheme scheme = Scheme::kUnsaid;
};

// Where a server is to listen, as OLLAMA_HOST and --listen have it: "127.0.0.1:8080", ":8080", "8080", "desk", "http://127.0.0.1:11434",
// "https://0.0.0.0:11435", "unix:/run/hearth.sock". Without a host 127.0.0.1, without a port 11434. Errors: kInvalidInput.
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);

// A server of hearth's as its clients find it.
struct ServerPlace {
    net::Address address;
    bool tls = false;
    std::string
        key_pin;  // net::CertificateFacts::key_pin, where it is known; else its certificate has to be trusted here
    std::string certificate;  // a file with it, where it is known
};

// As a client writes it: "http://127.0.0.1:11434", "https://desk:11435", "unix:/run/hearth.sock".
[[nodiscard]] std::string address_words(const net::Address& address);
[[nodiscard]] std::string address_words(const ServerPlace& place);

// Where a server that listens there is reached from this machine: every address (0.0.0.0, ::) is the loopback one.
[[nodiscard]] net::Address from_here(net::Address address);

// It is reached by no other machine.
[[nodiscard]] bool is_loopback(const net::Address& address);

}  // namespace hearth::app
