#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "guard/secret_store.h"
#include "net/http_client.h"
#include "net/upstream.h"
#include "remote/listing.h"
#include "remote/remotes_file.h"

namespace hearth::remote {

// The servers that a request came through, each by its id, joined with ", ". A server that finds its own id there refuses the request:
// remotes that point at each other would pass it round for ever. With a list of models, those that come from servers in it are left out.
inline constexpr const char* kViaHeader = "X-Hearth-Via";

// Of the answers of a hearth: the id of the server, new at each start.
inline constexpr const char* kIdHeader = "X-Hearth-Id";

// How a remote is reached, its secret included. Cheap to copy.
struct Access {
    std::string name;  // of the remote
    BaseUrl url;
    net::Endpoint endpoint;
    std::string secret_name;
    std::shared_ptr<const guard::Secret> secret;  // none: it needs none
};

// Errors: of the store of secrets. `trust` may be null for plain HTTP.
[[nodiscard]] Result<Access> access_to(const Remote& remote, const guard::SecretStore& secrets,
                                       const std::shared_ptr<net::TlsTrust>& trust);

// What system_trust() gives, when one of the remotes is asked by HTTPS; else null.
[[nodiscard]] Result<std::shared_ptr<net::TlsTrust>> trust_for(const std::vector<Remote>& remotes);

// A request for a route ("/v1/models"), with the secret. A body is JSON. `via` may be empty.
[[nodiscard]] net::HttpRequest request_to(const Access& access, std::string_view route, std::string body,
                                          std::string_view via);

// What asking a remote for its models brought.
struct Greeting {
    Listing listing;
    std::string server_id;  // of a hearth; empty for others
};

// From the answer to GET /v1/models. A server without that route is taken to be there, with no models listed. Errors: as failure_of().
[[nodiscard]] Result<Greeting> read_greeting(const Access& access, const net::HttpResponse& answer);

// Asks and waits. Errors: as read_greeting() and net::ask_upstream_and_wait().
[[nodiscard]] Result<Greeting> greet(const Access& access, std::chrono::milliseconds most);

inline constexpr std::chrono::milliseconds kGreetingTime{5000};
inline constexpr std::size_t kMostListing = std::size_t{16} << 20U;  // bytes

}  // namespace hearth::remote
