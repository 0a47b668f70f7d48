#include "serve/server.h"

#include <algorithm>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/ids.h"
#include "core/text.h"
#include "net/http_server.h"
#include "serve/detail/elsewhere.h"
#include "serve/reload.h"
#include "serve/service.h"

namespace hearth::serve {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr int kPortsTried = 10;
constexpr std::chrono::seconds kTracesAtEnd{2};  // that the last traces may take
constexpr std::size_t kPullsAtOnce = 8;          // further ones wait
constexpr std::size_t kMostConnections = 16'384;

// Readies this process for many clients, and says what it can bear.
net::ServerLimits ready_process() {
    // Long bodies go back to the system when they end. By itself glibc would keep memory of their size from the first one on.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
    // A desk's usual limit of 1,024 open files is fewer than the connections that may be served, so it is raised as far as it goes. A
    // quarter stays for engines, files and remotes.
    net::ServerLimits limits;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return limits;
    files.rlim_cur = files.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0 && ::getrlimit(RLIMIT_NOFILE, &files) != 0) return limits;
    limits.max_connections = std::min<std::size_t>(kMostConnections, files.rlim_cur / 4 * 3);
    return limits;
}

std::string ledger_place(const ServerSettings& settings) {
    return settings.ledger.empty() ? (settings.pool.paths.state / "ledger.db").string() : settings.ledger;
}

Result<std::uint16_t> listen(net::HttpServer& server, net::Address address,
                             const net::HttpServer::TlsSource& tls, bool next_port) {
    auto* tcp = std::get_if<net::TcpAddress>(&address);
    const auto first = tcp == nullptr ? std::nullopt : parse_number(tcp->port);
    for (int i = 0;; ++i) {
        Result<std::uint16_t> port = server.listen(address, tls);
        const bool taken = !port && port.error().code() == Code::kConflict;
        if (!taken || !next_port || !first || i + 1 >= kPortsTried) return port;
        tcp->port = std::to_string(*first + i + 1);
    }
}

asio::awaitable<void> pause() {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

// Ends the loop: when nothing is under way any more, or that takes too long. No coroutine of a connection outlives it, because those hold on
// to the pool and the gate.
asio::awaitable<void> drain(asio::io_context& loop, net::HttpServer& server, ModelPool& pool,
                            std::chrono::seconds most) {
    const Clock::time_point until = Clock::now() + most;
    while (server.busy() > 0 && Clock::now() < until)
        co_await pause();
    pool.stop_loading();
    server.close_all();
    while (server.connections() > 0)
        co_await pause();
    loop.stop();
}

// What a running server renews.
struct Live {
    asio::thread_pool& files;
    ModelPool& pool;
    Service& service;
    AccessLog& log;
    std::shared_ptr<const net::TlsIdentity> identity;
};

net::Task<void> reopen_log(Live& live) {
    auto work = [&live] { return live.log.reopen(); };
    const Status reopened = co_await detail::elsewhere(live.files, std::move(work));
    co_return reopened;
}

// All of the configuration or, when something of it is wrong, nothing.
net::Task<void> take_over(const ServerSettings& settings, Live& live) {
    auto read = [&settings, &live]() -> Result<LiveSettings> {
        LiveSettings fresh = TRY(settings.read_again());
        TRY(live.log.move_to(fresh.access_log));
        return fresh;
    };
    CO_TRY(LiveSettings fresh, co_await detail::elsewhere(live.files, std::move(read)));
    live.pool.set_usual(fresh.keep_alive, fresh.max_queue);
    live.service.set_origins(std::move(fresh.origins));
    if (fresh.identity) live.identity = std::move(fresh.identity);
    fmt::print(stderr, "hearth: the configuration was read again{}{}\n", fresh.remark.empty() ? "" : "; ",
               printable(fresh.remark));
    co_return Status();
}

// The parts of a running server that SIGHUP renews. Keys and the ledger are read at each request in any case.
std::vector<Reload> parts_to_renew(const ServerSettings& settings, Live& live) {
    std::vector<Reload> parts;
    parts.push_back({.what = "the access log", .renew = [&live] { return reopen_log(live); }});
    if (settings.read_again)
        parts.push_back(
            {.what = "the configuration", .renew = [&settings, &live] { return take_over(settings, live); }});
    parts.push_back({.what = "the remotes", .renew = [&live] { return live.pool.reload_remotes(); }});
    return parts;
}

// At the start, and each hour from then on: a server may run for months.
asio::awaitable<void> prune_ledger(Gate& gate, std::chrono::days kept) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor);
    while (true) {
        const std::int64_t before = unix_ms_now() - std::chrono::milliseconds(kept).count();
        const Status pruned = co_await gate.prune(before);
        if (!pruned)
            fmt::print(stderr, "hearth: old rows of the ledger stay for now: {}\n",
                       printable(pruned.error().message()));
        timer.expires_after(std::chrono::hours(1));
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace

Status run_server(const ServerSettings& settings, const ListeningSink& listening, std::stop_token stop) {
    const net::ServerLimits limits = ready_process();
    // The pools outlive the coroutines that use them, which end with the loop.
    asio::thread_pool files(2);
    asio::thread_pool pulls(kPullsAtOnce);
    asio::thread_pool rows(1);
    asio::io_context loop(1);
    std::unique_ptr<ModelPool> pool = TRY(ModelPool::open(loop, files, settings.pool));
    Gate gate(TRY(guard::KeyBook::open(settings.pool.paths.data / "keys.db")),
              TRY(guard::Ledger::at(ledger_place(settings))), files, rows);
    auto responses =
        TRY(ResponseStore::open(settings.pool.paths.state / "responses.db", ResponseStore::Limits()));
    AccessLog log = TRY(AccessLog::open(settings.access_log));
    Metrics metrics;
    // Before the book, so that requests that end with the loop still have it.
    std::optional<TraceExporter> traces;
    ActivityBook activities;
    activities.add_sink([&](const Activity& ended) { metrics.count(ended); });
    const auto in_order = asio::make_strand(files);
    activities.add_sink([&log, in_order](const Activity& ended) {
        // Nobody can be told of a full disk here. What was served is in the ledger.
        asio::post(in_order, [&log, line = access_line(ended)] { CO_IGNORE(log.append(line)); });
    });
    if (!settings.traces.url.empty()) {
        traces.emplace(settings.traces);
        activities.add_sink([&](const Activity& ended) { traces->add(ended); });
        metrics.add_source([&](PrometheusText& out) { traces->write(out); });
    }
    Service service(Desk{.pool = *pool,
                         .gate = gate,
                         .responses = responses,
                         .activities = activities,
                         .metrics = metrics,
                         .files = files,
                         .version = settings.version,
                         .pulls = pulls,
                         .catalogue = settings.catalogue,
                         .cache = settings.pool.paths.cache},
                    settings.origins);
    net::HttpServer server(
        loop, limits,
        [&](net::ServedRequest& request, net::Responder& responder) {
            return service.handle(request, responder);
        },
        Service::reads_pieces);
    Live live{.files = files, .pool = *pool, .service = service, .log = log, .identity = settings.identity};
    std::vector<std::uint16_t> ports;
    for (const Listener& each : settings.listeners) {
        net::HttpServer::TlsSource tls;
        if (each.tls) tls = [&live] { return live.identity; };
        ports.push_back(TRY(listen(server, each.address, tls, settings.next_port_when_taken)));
    }
    const std::stop_callback on_stop(stop, [&] {
        asio::post(loop, [&] {
            server.stop_accepting();
            asio::co_spawn(loop, drain(loop, server, *pool, settings.drain), asio::detached);
        });
    });
    if (settings.reload_on_hangup)
        asio::co_spawn(loop, reload_on_hangup(loop, parts_to_renew(settings, live)), asio::detached);
    if (settings.keep_ledger) asio::co_spawn(loop, prune_ledger(gate, *settings.keep_ledger), asio::detached);
    if (listening) listening(ports);
    loop.run();
    if (traces) traces->close(kTracesAtEnd);
    pulls.join();  // stopped with the requests that wanted them
    rows.join();   // that are still to be written
    files.join();
    return {};
}

}  // namespace hearth::serve
