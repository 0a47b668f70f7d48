#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

#include "app/duration.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/key_render.h"
#include "app/key_verbs.h"
#include "app/options.h"
#include "core/ids.h"
#include "core/text.h"

namespace hearth::app {
namespace {

struct Request {
    std::string name;
    std::vector<std::string> models;
    std::vector<std::string> routes;
    std::optional<std::int64_t> tokens_per_day;
    std::optional<std::int64_t> compute_seconds_per_day;
    std::optional<std::int64_t> parallel;
    std::string expires;
    std::int64_t weight = guard::KeyTerms().weight;
    bool as_json = false;
};

// Options may be repeated and may hold several values with commas between.
std::vector<std::string> each_of(const std::vector<std::string>& given) {
    std::vector<std::string> all;
    for (const auto& text : given)
        for (const auto piece : split(text, ','))
            all.emplace_back(trim(piece));
    return all;
}

std::vector<std::string> all_routes() {
    std::vector<std::string> names;
    for (const auto route : guard::kRoutes)
        names.emplace_back(guard::route_name(route));
    return names;
}

Result<guard::KeyTerms> terms_of(const Request& request, std::int64_t now_ms) {
    guard::KeyTerms terms{.name = request.name};
    if (!request.models.empty()) terms.models = each_of(request.models);
    if (!request.routes.empty()) terms.routes.clear();
    for (const auto& name : each_of(request.routes)) {
        const auto route = guard::route_from_name(name);
        if (!route)
            return Error(Code::kInvalidInput, fmt::format("there is no route '{}'; there are {}",
                                                          printable(name), join(all_routes(), ", ")));
        if (!guard::allows_route(terms, *route)) terms.routes.push_back(*route);
    }
    if (request.tokens_per_day) terms.tokens_per_day = Tokens{*request.tokens_per_day};
    terms.compute_seconds_per_day = request.compute_seconds_per_day;
    terms.parallel = request.parallel;
    if (!request.expires.empty()) {
        const auto lifetime = TRY(parse_duration(request.expires));
        if (lifetime.count() == 0)
            return Error(Code::kInvalidInput, "a key that expires at once is of no use");
        terms.expires_ms = now_ms + std::chrono::milliseconds(lifetime).count();
    }
    terms.weight = request.weight;
    return terms;
}

Status create(const Request& request) {
    const auto now_ms = unix_ms_now();
    const auto terms = TRY(terms_of(request, now_ms));
    auto book = TRY(key_book());
    print_new_key(TRY(book.create(terms, now_ms)), now_ms, request.as_json);
    return {};
}

}  // namespace

int key_create(Arguments arguments) {
    Request request;
    Options options("key create", "Makes a key for a person or a program and prints its secret, once.");
    options.positional("NAME", request.name, "whose it is or what it is for");
    options.repeated("--models", request.models,
                     "names of models it is good for, '*' is any characters (default: *)");
    options.repeated("--routes", request.routes,
                     fmt::format("of {} (default: chat,embeddings,models)", join(all_routes(), ", ")));
    options.option("--tokens-per-day", request.tokens_per_day,
                   "tokens that may be computed in a day (UTC); those from a cache are free");
    options.option("--compute-seconds-per-day", request.compute_seconds_per_day,
                   "seconds that an engine may work for it in a day");
    options.option("--parallel", request.parallel, "requests at the same time");
    options.option("--expires", request.expires, "how long it is good: 12h, 30d, 4w");
    options.option("--weight", request.weight, "its share of a busy engine beside other keys", 1, 1000);
    options.flag("--json", request.as_json, "print JSON, the secret in it");
    options.footer(
        "Example: KEY=$(hearth key create editor --models 'qwen2.5-coder:*' --tokens-per-day 2000000)");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = create(request);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
