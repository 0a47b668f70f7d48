#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "serve/detail/clock.h"
#include "serve/detail/known_models.h"
#include "serve/model_pool.h"
#include "serve/wait_estimate.h"

namespace hearth::serve {

namespace detail {

constexpr double kShort = 2048;  // predicted tokens, up to which a request may be a guest

inline std::string stop_words(const std::string& model) {
    return model + " was stopped by `hearth stop --now`";
}

}  // namespace detail

// Where a request may sit.
struct ModelPool::Place {
    std::string remote = kChild;
    bool guest = false;
};

struct ModelPool::Model {
    // A request that has a seat.
    struct AtWork {
        double tokens = 1;  // predicted
        std::string client;
        Place place;
        std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
    };

    Model(std::string given, const SeatWish& wish, std::size_t max_queue)
        : name(std::move(given)), model(wish.model.name), purpose(wish.purpose), queue(max_queue) {}

    // The supervisor drops its hold when the engine ends, for whatever reason.
    [[nodiscard]] bool is_loaded() const { return !hold.expired(); }

    [[nodiscard]] int running() const { return static_cast<int>(at_work.size()); }

    // Of a remote, or of the child with its guest.
    [[nodiscard]] int running_at(std::string_view remote) const {
        return static_cast<int>(std::ranges::count_if(
            at_work, [&](const auto& each) { return each.second.place.remote == remote; }));
    }

    [[nodiscard]] int at_child() const { return running_at(kChild); }

    [[nodiscard]] bool has_guest() const {
        return std::ranges::any_of(at_work, [](const auto& each) { return each.second.place.guest; });
    }

    // Requests on those seats of the child that are anybody's.
    [[nodiscard]] int regulars() const { return at_child() - (has_guest() ? 1 : 0); }

    [[nodiscard]] bool may_be_guest(const Waiting& waiting) const {
        return !has_guest() && waiting.tokens <= detail::kShort &&
               std::ranges::none_of(at_work,
                                    [&](const auto& each) { return each.second.client == waiting.key; });
    }

    void seat(const Waiting& waiting, Place place) {
        at_work.emplace(waiting.id,
                        AtWork{.tokens = waiting.tokens, .client = waiting.key, .place = std::move(place)});
    }

    std::string name;  // of the engine
    std::string model;
    engine::ServePurpose purpose;
    bool installed = false;  // so that a child of ours can answer
    bool loading = false;
    std::chrono::steady_clock::time_point loading_since;
    std::optional<double> load_time;  // what the last load took, in seconds
    std::optional<Error> load_error;
    // The longest window that was asked for: kept when the model is loaded again, because who asked is still there and says it once.
    Tokens asked_context{0};
    engine::Lease served;               // how it is served; without the hold
    std::weak_ptr<void> hold;           // of the running engine
    std::shared_ptr<void> until_taken;  // keeps a fresh engine until those that waited have their leases
    std::map<std::uint64_t, AtWork> at_work;
    int owed = 0;  // requests that wait for bytes of the engine
    Pace pace;
    FairQueue queue;
    std::map<std::uint64_t, Ticket*> tickets;  // of all that wait, for their turn or for the load
    std::uint64_t stops = 0;                   // by a person
    std::chrono::steady_clock::time_point last_used = std::chrono::steady_clock::now();
    std::chrono::seconds keep_alive{300};
};

struct ModelPool::State {
    State(boost::asio::io_context& given, boost::asio::thread_pool& blocking, PoolOptions wanted)
        : loop(given),
          files(blocking),
          options(std::move(wanted)),
          store(options.paths.data / "models", options.foreign_stores),
          known(store),
          remotes(given, blocking, options.paths, [this] { remotes_changed(); }),
          timer(given),
          report_timer(given) {
        options.serve.slots = std::max(options.serve.slots, 1);
    }

    boost::asio::io_context& loop;
    boost::asio::thread_pool& files;
    PoolOptions options;
    model::ModelStore store;
    detail::KnownModels known;
    std::unique_ptr<engine::Supervisor> supervisor;  // touched on the engine thread alone
    boost::asio::thread_pool engine_thread{1};
    std::stop_source stop;
    std::function<void()> remotes_changed = [] {};  // set by the pool
    Remotes remotes;
    boost::asio::steady_timer timer;
    boost::asio::steady_timer report_timer;
    std::map<std::string, Model> models;
    std::uint64_t last_id = 0;
};

// A place in the queue or among the running ones, given back unless a Seat took it over.
struct ModelPool::Ticket {
    Ticket(ModelPool& owner, Model& wanted, const SeatWish& asked)
        : pool(owner),
          model(wanted),
          id(asked.waiting.id),
          wish(asked),
          stops(wanted.stops),
          wake(owner.state_->loop) {
        model.tickets.emplace(id, this);
    }

    ~Ticket() {
        model.tickets.erase(id);
        if (granted() && !taken) pool.leave(model.name, id);
        if (!granted()) model.queue.remove(id);
    }

    // Until somebody wakes it, or a second.
    boost::asio::awaitable<void> pause() {
        wake.expires_after(std::chrono::seconds(1));
        co_await wake.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }

    [[nodiscard]] bool granted() const { return place.has_value(); }

    [[nodiscard]] Status still_wanted() const {
        if (stops == model.stops) return {};
        return Error(Code::kUnavailable, detail::stop_words(model.name));
    }

    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    ModelPool& pool;
    Model& model;
    std::uint64_t id;
    const SeatWish& wish;  // of the coroutine that owns this
    std::uint64_t stops;   // of the model, when it came
    boost::asio::steady_timer wake;
    std::optional<Place> place;  // where it may sit, once it may
    bool taken = false;
};

}  // namespace hearth::serve
