#pragma once
#include <string>
#include <string_view>

#include "core/result.h"
#include "net/http_client.h"

namespace hearth::remote {

// Where a server of the OpenAI API is: all before "/chat/completions".
struct BaseUrl {
    bool tls = false;
    std::string host;  // a name or an address, without brackets, in lower case
    std::string port;  // a number; that of the scheme where none was said
    std::string path;  // without a '/' at its end: "/v1", "/api/openai"; may be empty

    bool operator==(const BaseUrl&) const = default;
};

// "http://desk:8000/v1", "https://api.example/v1", "http://[fd00::2]:11434".
// Errors: kInvalidInput with the form, for another scheme, for a user or password in it (a secret has a place of its own), and for a query
// or fragment. Pure.
[[nodiscard]] Result<BaseUrl> parse_base_url(std::string_view text);

// As parse_base_url() reads it.
[[nodiscard]] std::string url_words(const BaseUrl& url);

[[nodiscard]] net::TcpAddress address_of(const BaseUrl& url);

// The path for a route as it is called below a base that ends in "/v1": "/v1/models" is a route of the API and goes below the path
// of the base; another one, "/tokenize", is beside it.
[[nodiscard]] std::string target_of(const BaseUrl& url, std::string_view route);

// Whether what is sent there without TLS stays on this machine or in a private network: loopback, link-local, private and unique
// local addresses, and names that only a local network has (without a dot, and those below .local, .lan, .internal and .home.arpa).
[[nodiscard]] bool is_private(const BaseUrl& url);

}  // namespace hearth::remote
