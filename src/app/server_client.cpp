#include "app/server_client.h"

#include <chrono>
#include <cstdlib>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/server_address.h"
#include "app/server_record.h"
#include "core/text.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(trim(value));
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
        default: return Code::kUnavailable;
    }
}

}  // namespace

Result<net::Address> find_server() {
    if (const std::string place = environment("OLLAMA_HOST"); !place.empty()) {
        net::Address address = TRY(parse_listen_address(place));
        // Where a server listens on everything, a client of the same machine asks here.
        if (auto* tcp = std::get_if<net::TcpAddress>(&address)) {
            if (tcp->host == "0.0.0.0") tcp->host = "127.0.0.1";
            if (tcp->host == "::") tcp->host = "::1";
        }
        return address;
    }
    const auto servers = recorded_servers(os::paths_from_environment().runtime);
    if (servers.empty())
        return Error(Code::kUnavailable,
                     "no server of yours runs: start `hearth serve`, or name another one in OLLAMA_HOST");
    return servers.front();
}

Result<json::value> ask_server(const net::Address& server, const std::string& method,
                               const std::string& target, const std::string& body,
                               std::chrono::seconds most) {
    net::HttpRequest request{.method = method, .target = target, .headers = {}, .body = body};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    if (const std::string key = environment("HEARTH_API_KEY"); !key.empty())
        request.headers.emplace_back("Authorization", "Bearer " + key);
    const net::HttpLimits limits{
        .connect_timeout = std::chrono::seconds(5), .idle_timeout = {}, .total_timeout = most};
    const std::string where = address_words(server);
    const net::HttpResponse answer = TRY(net::exchange(server, request, limits).context(where));
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
