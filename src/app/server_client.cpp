#include "app/server_client.h"

#include <chrono>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/server_address.h"
#include "app/server_record.h"
#include "core/text.h"
#include "net/https_client.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

std::string trimmed(const char* variable) {
    const std::string value = os::environment(variable);
    return std::string(trim(value));
}

Code code_of(int status) {
    switch (status) {
        case 400:
        case 405: return Code::kInvalidInput;
        case 401:
        case 403: return Code::kPermission;
        case 404: return Code::kNotFound;
        case 409: return Code::kConflict;
        case 429: return Code::kExhausted;
        case 507: return Code::kDiskFull;
        default: return Code::kUnavailable;
    }
}

}  // namespace

Result<ServerPlace> find_server() {
    const auto servers = recorded_servers(os::paths_from_environment().runtime);
    if (const std::string text = trimmed("OLLAMA_HOST"); !text.empty()) {
        const ListenAddress said = TRY(parse_listen_address(text));
        ServerPlace place{.address = from_here(said.address),
                          .tls = said.scheme == Scheme::kHttps,
                          .key_pin = {},
                          .certificate = {}};
        // One of our own need not be trusted by its certificate.
        for (const ServerPlace& ours : servers)
            if (address_words(ours) == address_words(place)) return ours;
        return place;
    }
    if (servers.empty())
        return Error(Code::kUnavailable,
                     "no server of yours runs: start `hearth serve`, or name another one in OLLAMA_HOST");
    return servers.front();
}

Result<json::value> ask_server(const ServerPlace& server, const std::string& method,
                               const std::string& target, const std::string& body,
                               std::chrono::seconds most) {
    net::HttpRequest request{.method = method, .target = target, .headers = {}, .body = body};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    if (const std::string key = trimmed("HEARTH_API_KEY"); !key.empty())
        request.headers.emplace_back("Authorization", "Bearer " + key);
    const net::HttpLimits limits{
        .connect_timeout = std::chrono::seconds(5), .idle_timeout = {}, .total_timeout = most};
    const std::string where = address_words(server);
    const auto exchange = [&]() -> Result<net::HttpResponse> {
        if (!server.tls) return net::exchange(server.address, request, limits);
        return net::exchange_tls(std::get<net::TcpAddress>(server.address), server.key_pin, request, limits);
    };
    const net::HttpResponse answer = TRY(exchange().context(where));
    auto value = parse_json(answer.body);
    if (answer.status == 200) {
        if (!value)
            return Error(Code::kCorrupt, where + " gave no answer of hearth's; is it another program?");
        return *std::move(value);
    }
    std::string words = fmt::format("{} answered with status {}", where, answer.status);
    if (value)
        if (const auto said = string_member(*value, "error")) words = std::string(*said);
    return Error(code_of(answer.status), std::move(words));
}

}  // namespace hearth::app
