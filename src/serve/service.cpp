#include "serve/service.h"

#include <fmt/format.h>
#include <optional>

#include "core/text.h"
#include "guard/credentials.h"
#include "serve/access.h"
#include "serve/anthropic_messages.h"
#include "serve/anthropic_routes.h"
#include "serve/control_routes.h"
#include "serve/ollama_chat.h"
#include "serve/ollama_manage.h"
#include "serve/ollama_routes.h"
#include "serve/openai_chat.h"
#include "serve/openai_routes.h"
#include "serve/responses_routes.h"
#include "serve/token_routes.h"
#include "serve/vector_routes.h"

namespace hearth::serve {
namespace {

constexpr std::chrono::seconds kUsualRetry{5};  // where nobody knows

// In the form that the client of that path reads.
net::WholeResponse refusal_for(std::string_view path, const Error& error) {
    if (path.starts_with("/v1/messages")) return anthropic_error_response(error);
    if (path.starts_with("/v1/")) return openai_error_response(error);
    return ollama_error_response(error);
}

// Adds what a browser has to see to let a page read the answer and which engine answered, and notes its status.
class NotingResponder final : public net::Responder {
public:
    NotingResponder(net::Responder& inner, net::Headers headers, Activity& activity)
        : inner_(inner), headers_(std::move(headers)), activity_(activity) {}

    net::Task<void> send(int status, net::Headers headers, std::string body) override {
        note(status, headers);
        return inner_.send(status, std::move(headers), std::move(body));
    }

    net::Task<void> begin(int status, net::Headers headers) override {
        note(status, headers);
        return inner_.begin(status, std::move(headers));
    }

    net::Task<void> write(std::string piece) override { return inner_.write(std::move(piece)); }

    net::Task<void> finish() override { return inner_.finish(); }

    [[nodiscard]] bool fresh() const override { return inner_.fresh(); }

private:
    void note(int status, net::Headers& headers) {
        activity_.status = status;
        headers.insert(headers.end(), headers_.begin(), headers_.end());
        if (!activity_.engine.empty()) headers.emplace_back("X-Hearth-Engine", activity_.engine);
    }

    net::Responder& inner_;
    net::Headers headers_;
    Activity& activity_;
};

// The path as it may be logged. A request that is refused still has its key in its target.
std::string path_without_key(const net::ServedRequest& request) {
    const auto credentials = guard::find_credentials(request.headers, request.target);
    if (!credentials) return {};
    return credentials->path.substr(0, credentials->path.find('?'));
}

bool fits(const Route& route, std::string_view path) {
    if (route.path.size() > 1 && route.path.ends_with('/'))
        return path.size() > route.path.size() && path.starts_with(route.path);
    return path == route.path;
}

struct Table {
    std::string_view dialect;
    std::span<const Route> routes;
};

struct Place {
    const Route* route = nullptr;
    std::string_view dialect;
    std::string other_methods;  // that the path has when it has not the one asked for
};

Place find_route(std::string_view asked, std::string_view path) {
    Place place;
    const std::string_view method = asked == "HEAD" ? "GET" : asked;
    for (const Table& table : {Table{"ollama", ollama_routes()}, Table{"ollama", ollama_manage_routes()},
                               Table{"openai", openai_routes()}, Table{"openai", responses_routes()},
                               Table{"openai", vector_routes()}, Table{"openai", token_routes()},
                               Table{"anthropic", anthropic_routes()}, Table{"hearth", control_routes()}}) {
        for (const Route& route : table.routes) {
            if (!fits(route, path)) continue;
            if (route.method == method || route.method == asked) {
                place.route = &route;
                place.dialect = table.dialect;
                return place;
            }
            if (!place.other_methods.empty()) place.other_methods += ", ";
            place.other_methods += route.method;
        }
    }
    return place;
}

net::WholeResponse no_route(const net::ServedRequest& request, const std::string& other_methods) {
    const std::string path = printable(std::string(request.path()));
    if (other_methods.empty())
        return refusal_for(
            request.path(),
            Error(Code::kNotFound, fmt::format("{} {} is not served here", printable(request.method), path)));
    net::WholeResponse refused = refusal_for(
        request.path(), Error(Code::kInvalidInput, fmt::format("{} takes {}, not {}", path, other_methods,
                                                               printable(request.method))));
    refused.status = 405;
    refused.headers.emplace_back("Allow", other_methods);
    return refused;
}

net::Task<void> send(net::Responder& responder, net::WholeResponse response) {
    return responder.send(response.status, std::move(response.headers), std::move(response.body));
}

}  // namespace

bool Service::reads_pieces(const net::ServedRequest& request) {
    if (request.method == "GET" || request.method == "HEAD")
        return false;  // most requests; they have no body
    // Clients may send their key in front of the path.
    const auto credentials = guard::find_credentials(request.headers, request.target);
    if (!credentials) return false;
    const std::string_view path = credentials->path;
    const Place place = find_route(request.method, path.substr(0, path.find('?')));
    return place.route != nullptr && place.route->body_in_pieces;
}

boost::asio::awaitable<void> Service::handle(net::ServedRequest& request, net::Responder& responder) {
    const ActivityBook::Entry activity(desk_.activities);
    activity->peer = request.peer;
    activity->method = printable(request.method);
    activity->path = path_without_key(request);
    activity->trace = trace_context_of(request.headers);
    NotingResponder noting(responder, cors_headers(request), *activity);
    co_await answer(request, noting, *activity);
}

boost::asio::awaitable<void> Service::answer(net::ServedRequest& request, net::Responder& responder,
                                             Activity& activity) {
    const Status access = check_access(request, origins_);
    if (!access) {
        CO_IGNORE(co_await send(responder, refusal_for(request.path(), access.error())));
        co_return;
    }
    if (request.method == "OPTIONS") {
        net::WholeResponse empty;
        empty.status = 204;
        CO_IGNORE(co_await send(responder, std::move(empty)));
        co_return;
    }
    const Result<Caller> caller = co_await desk_.gate.admit(request);
    if (!caller) {
        net::WholeResponse refused = refusal_for(request.path(), caller.error());
        if (caller.error().code() == Code::kPermission) refused.status = 401;
        refused.headers.emplace_back("WWW-Authenticate", "Bearer");
        CO_IGNORE(co_await send(responder, std::move(refused)));
        co_return;
    }
    activity.key_name = caller->terms.name;
    activity.row.key = caller->key;
    activity.row.client = caller->client;
    activity.row.session = caller->session;
    co_await route(*caller, request, responder, activity);
}

boost::asio::awaitable<void> Service::route(const Caller& caller, const net::ServedRequest& request,
                                            net::Responder& responder, Activity& activity) {
    const Place place = find_route(request.method, request.path());
    if (place.route == nullptr) {
        CO_IGNORE(co_await send(responder, no_route(request, place.other_methods)));
        co_return;
    }
    const Route& route = *place.route;
    activity.route = route.path;
    activity.row.dialect = place.dialect;
    Visit visit{.desk = desk_,
                .caller = caller,
                .request = request,
                .responder = responder,
                .activity = activity,
                .argument = {}};
    if (route.path.ends_with('/')) visit.argument = request.path().substr(route.path.size());
    std::optional<Error> error;
    if (route.streamed != nullptr) {
        const Status sent = co_await route.streamed(visit);
        if (sent) co_return;
        error = sent.error();
    } else {
        Result<net::WholeResponse> answer = co_await route.whole(visit);
        if (answer) {
            CO_IGNORE(co_await send(responder, *std::move(answer)));
            co_return;
        }
        error = answer.error();
    }
    net::WholeResponse refused = refusal_for(request.path(), *error);
    if (error->code() == Code::kExhausted) {
        const auto wait = error->retry_after().count() > 0 ? error->retry_after() : kUsualRetry;
        refused.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    }
    CO_IGNORE(co_await send(responder, std::move(refused)));
}

}  // namespace hearth::serve
