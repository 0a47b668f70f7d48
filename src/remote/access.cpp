#include "remote/access.h"

#include <algorithm>
#include <fmt/format.h>

#include "remote/failure.h"

namespace hearth::remote {
namespace {

// Without a byte: longer than any prefill, so that a server that was forgotten does not keep a request for ever.
constexpr std::chrono::minutes kSilence{15};

}  // namespace

Result<Access> access_to(const Remote& remote, const guard::SecretStore& secrets,
                         const std::shared_ptr<net::TlsTrust>& trust) {
    Access access{.name = remote.name,
                  .url = remote.url,
                  .endpoint = {.address = address_of(remote.url),
                               .tls = remote.url.tls ? trust : nullptr,
                               .silence = kSilence},
                  .secret_name = remote.secret,
                  .secret = {}};
    if (remote.url.tls && trust == nullptr)
        return Error(Code::kInternal, "a remote by HTTPS without certificates to check it by");
    if (!remote.secret.empty())
        access.secret = std::make_shared<const guard::Secret>(TRY(secrets.get(remote.secret)));
    return access;
}

Result<std::shared_ptr<net::TlsTrust>> trust_for(const std::vector<Remote>& remotes) {
    const bool any = std::ranges::any_of(remotes, [](const Remote& each) { return each.url.tls; });
    if (!any) return std::shared_ptr<net::TlsTrust>();
    return net::system_trust();
}

net::HttpRequest request_to(const Access& access, std::string_view route, std::string body,
                            std::string_view via) {
    net::HttpRequest request{
        .method = body.empty() ? "GET" : "POST",
        .target = target_of(access.url, route),
        .headers = {{"Accept", "application/json, text/event-stream"}, {"User-Agent", "hearth"}},
        .body = std::move(body)};
    if (request.method == "POST") request.headers.emplace_back("Content-Type", "application/json");
    if (access.secret != nullptr)
        request.headers.emplace_back("Authorization", "Bearer " + access.secret->reveal());
    if (!via.empty()) request.headers.emplace_back(kViaHeader, via);
    return request;
}

Result<Greeting> read_greeting(const Access& access, const net::HttpResponse& answer) {
    Greeting greeting;
    for (const auto& [name, value] : answer.headers)
        if (name == "x-hearth-id") greeting.server_id = value;
    const bool has_no_list = answer.status == 404 || answer.status == 405 || answer.status == 501;
    if (has_no_list) return greeting;
    if (answer.status != 200) return failure_of(access, "/v1/models", answer).error;
    greeting.listing = TRY(parse_listing(answer.body).context(fmt::format("remote '{}'", access.name)));
    return greeting;
}

Result<Greeting> greet(const Access& access, std::chrono::milliseconds most) {
    const auto answer = net::ask_upstream_and_wait(access.endpoint, request_to(access, "/v1/models", {}, {}),
                                                   most, kMostListing);
    if (!answer) return failure_of(access, answer.error()).error;
    return read_greeting(access, *answer);
}

}  // namespace hearth::remote
