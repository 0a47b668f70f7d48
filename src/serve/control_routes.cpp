#include "serve/control_routes.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "serve/chat_route.h"
#include "serve/detail/elsewhere.h"
#include "serve/status_view.h"

namespace hearth::serve {
namespace {

// Source: proc(5), /proc/self/statm: pages, the second number is the resident ones. 0 where it cannot be read.
Bytes resident_memory() {
    const Result<std::string> text = os::read_file("/proc/self/statm");
    if (!text) return Bytes{0};
    const auto numbers = split(*text, ' ');
    const auto pages = numbers.size() > 1 ? parse_number(numbers[1]) : std::nullopt;
    return Bytes{pages.value_or(0) * ::sysconf(_SC_PAGESIZE)};
}

Answer metrics(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    auto read = [] { return resident_memory(); };
    const Bytes resident = co_await detail::elsewhere(visit.desk.files, std::move(read));
    net::WholeResponse response;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = visit.desk.metrics.text(visit.desk.pool.known(), resident);
    co_return response;
}

Answer status(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kModels));
    co_return json_response(status_json(visit.desk.version, visit.desk.pool.known(),
                                        visit.desk.activities.all(), visit.caller.key));
}

Answer stop(const Visit& visit) {
    CO_TRY(const json::value body, parse_body(visit.request.body));
    const std::string name(string_member(body, "model").value_or(""));
    if (name.empty()) co_return Error(Code::kInvalidInput, "model is missing: name one of /hearth/status");
    const StopMode mode = bool_member(body, "now").value_or(false) ? StopMode::kNow : StopMode::kWhenUnused;
    CO_TRY(const model::InstalledModel file, co_await visit.desk.pool.find(name));
    CO_TRY(const Gate::Pass pass,
           co_await visit.desk.gate.allow(visit.caller, guard::Route::kManage, file.name, kNoTokens));
    CO_TRY(const Stopped stopped, co_await visit.desk.pool.stop_model(file.name, mode));
    co_return json_response(json::serialize(json::object{{"model", file.name},
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
