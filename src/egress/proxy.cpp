#include "egress/proxy.h"

#include <algorithm>
#include <fmt/format.h>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "egress/exchange.h"
#include "egress/request.h"
#include "egress/session_authority.h"
#include "net/http_server.h"

namespace hearth::egress {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostRefused = 5;  // of one door

net::ServerLimits server_limits(const ProxyLimits& limits) {
    return {.max_body = limits.max_request,
            .max_bodies = 2 * limits.max_request,
            .max_connections = limits.max_connections,
            .header_time = limits.header_time};
}

}  // namespace

struct Proxy::State {
    State(Setup setup, SessionAuthority made, Secrets secrets)
        : shared{.setup = {}, .secrets = std::move(secrets), .last_number = 0, .refused = {}},
          authority(std::move(made)),
          server(loop, server_limits(setup.limits),
                 [this](net::ServedRequest& request, net::Responder& responder) {
                     return answer(request, responder);
                 }),
          work(loop.get_executor()) {
        shared.setup = std::move(setup);
        shared.refused = [this](const std::string& door, const std::string& words) { note(door, words); };
        thread = std::thread([this] { loop.run(); });
    }

    // Posting fails for want of memory alone. NOLINTNEXTLINE(bugprone-exception-escape)
    ~State() {
        asio::post(loop, [this] {
            server.stop_accepting();
            server.close_all();
        });
        // What is under way is cancelled and ends; a handler that is left over ends with the loop.
        work.reset();
        asio::post(loop, [this] { loop.stop(); });
        thread.join();
    }

    State(const State&) = delete;
    State& operator=(const State&) = delete;

    asio::awaitable<void> answer(net::ServedRequest& request, net::Responder& responder) {
        if (request.method == "CONNECT") {
            CO_IGNORE(co_await open_tunnel(request, responder));
        } else {
            CO_IGNORE(co_await exchange(shared, request, responder));
        }
    }

    // Any tunnel is opened, also to where nothing may be asked: programs show what is refused within one, and hide why one was refused.
    net::Task<void> open_tunnel(net::ServedRequest& request, net::Responder& responder) {
        Result<Place> place = tunnel_place(request);
        Result<std::shared_ptr<const net::TlsIdentity>> identity = Error(Code::kInternal, "not asked");
        Status recorded;
        if (place) {
            identity = authority.identity(place->host);
            recorded = record_tunnel(shared, request, *place);
        }
        if (!place || !identity || !recorded) {
            const Error& error = !place ? place.error() : !identity ? identity.error() : recorded.error();
            std::string words = "refused: " + error.message();
            const int status = place ? 503 : 400;
            co_return co_await refuse(shared, request, responder, status, std::move(words));
        }
        co_return co_await responder.open_tunnel(*std::move(identity));
    }

    void note(const std::string& door, const std::string& words) {
        const std::scoped_lock lock(mutex);
        auto& all = refused[door];
        if (all.size() < kMostRefused && std::ranges::find(all, words) == all.end()) all.push_back(words);
    }

    Exchanges shared;  // before the server, whose handlers use it
    SessionAuthority authority;
    asio::io_context loop{1};
    net::HttpServer server;
    asio::executor_work_guard<asio::io_context::executor_type> work;
    std::mutex mutex;  // guards refused and last_door: doors are other threads'
    std::map<std::string, std::vector<std::string>> refused;
    std::uint64_t last_door = 0;
    std::thread thread;
};

namespace {

class OpenDoor final : public Proxy::Door {
public:
    OpenDoor(Proxy::State& state, std::string name, std::uint64_t number)
        : state_(state), name_(std::move(name)), number_(number) {}

    // Posting fails for want of memory alone. NOLINTNEXTLINE(bugprone-exception-escape)
    ~OpenDoor() override {
        asio::post(state_.loop, [&state = state_, number = number_] { state.server.drop(number); });
        const std::scoped_lock lock(state_.mutex);
        state_.refused.erase(name_);
    }

    OpenDoor(const OpenDoor&) = delete;
    OpenDoor& operator=(const OpenDoor&) = delete;

    [[nodiscard]] std::vector<std::string> refused() const override {
        const std::scoped_lock lock(state_.mutex);
        const auto found = state_.refused.find(name_);
        return found == state_.refused.end() ? std::vector<std::string>() : found->second;
    }

private:
    Proxy::State& state_;
    std::string name_;
    std::uint64_t number_;
};

}  // namespace

Result<std::unique_ptr<Proxy>> Proxy::start(Setup setup) {
    if (setup.trust == nullptr) setup.trust = TRY(net::system_trust());
    SessionAuthority authority = TRY(SessionAuthority::create());
    Secrets secrets = TRY(Secrets::create(std::exchange(setup.secrets, {}), setup.rules));
    return std::unique_ptr<Proxy>(
        new Proxy(std::make_unique<State>(std::move(setup), std::move(authority), std::move(secrets))));
}

Proxy::Proxy(std::unique_ptr<State> state) : state_(std::move(state)) {}

Proxy::~Proxy() = default;

const std::string& Proxy::certificate() const { return state_->authority.certificate(); }

std::unique_ptr<Proxy::Door> Proxy::open_door(os::Fd listener) {
    std::string name;
    {
        const std::scoped_lock lock(state_->mutex);
        name = fmt::format("door {}", ++state_->last_door);
    }
    auto opened = std::make_shared<std::promise<std::uint64_t>>();
    auto number = opened->get_future();
    auto socket = std::make_shared<os::Fd>(std::move(listener));
    asio::post(state_->loop, [state = state_.get(), opened, socket, name] {
        opened->set_value(state->server.adopt(std::move(*socket), name));
    });
    return std::make_unique<OpenDoor>(*state_, std::move(name), number.get());
}

}  // namespace hearth::egress
