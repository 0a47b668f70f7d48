#include "serve/control_routes.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/process_memory.h"
#include "serve/chat_route.h"
#include "serve/detail/elsewhere.h"
#include "serve/status_view.h"

namespace hearth::serve {
namespace {

Answer metrics(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    auto read = [] { return os::process_memory(::getpid()); };
    const auto memory = co_await detail::elsewhere(visit.desk.files, std::move(read));
    const Bytes resident = memory ? memory->resident : Bytes{0};
    net::WholeResponse response;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body =
        visit.desk.metrics.text(visit.desk.pool.known(), visit.desk.pool.remotes().states(), resident);
    co_return response;
}

Answer status(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    co_return json_response(status_json(visit.desk.version, visit.desk.pool.known(),
                                        visit.desk.activities.all(), visit.caller.key));
}

// "remote 'a', remote 'b'"
std::string remotes_of(const Visit& visit, const std::string& model) {
    std::vector<std::string> names;
    for (const Offer& offer : visit.desk.pool.remotes().offers(model, {}))
        names.push_back("remote '" + offer.remote + "'");
    return join(names, ", ");
}

Answer stop(const Visit& visit) {
    CO_TRY(const json::value body, parse_body(visit.request.body));
    const std::string name(string_member(body, "model").value_or(""));
    if (name.empty()) co_return Error(Code::kInvalidInput, "model is missing: name one of /hearth/status");
    const StopMode mode = bool_member(body, "now").value_or(false) ? StopMode::kNow : StopMode::kWhenUnused;
    CO_TRY(const ServableModel model, co_await visit.desk.pool.find_servable(name));
    CO_TRY(const Gate::Pass pass,
           co_await visit.desk.gate.allow(visit.caller, guard::Route::kManage, model.name, kNoTokens));
    if (!model.installed)
        co_return Error(Code::kUnsupported,
                        fmt::format("{} is answered by {} alone; only what is loaded here can be stopped",
                                    printable(model.name), remotes_of(visit, model.name)));
    CO_TRY(const Stopped stopped, co_await visit.desk.pool.stop_model(model.name, mode));
    co_return json_response(json::serialize(json::object{{"model", model.name},
                                                         {"ended", stopped.ended},
                                                         {"running", stopped.running},
                                                         {"waiting", stopped.waiting}}));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .path = "/metrics", .whole = metrics},
    {.method = "GET", .path = "/hearth/status", .whole = status},
    {.method = "POST", .path = "/hearth/stop", .whole = stop},
};

}  // namespace

std::span<const Route> control_routes() { return kRoutes; }

}  // namespace hearth::serve
