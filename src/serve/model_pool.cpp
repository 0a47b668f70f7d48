#include "serve/model_pool.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "serve/detail/elsewhere.h"
#include "serve/detail/no_supervisor.h"
#include "serve/detail/pool_state.h"

namespace hearth::serve {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using detail::elsewhere;
using detail::seconds_since;

namespace {

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kSweep{500};

std::string engine_name(const SeatWish& wish) {
    switch (wish.purpose) {
        case engine::ServePurpose::kText: return wish.model.name;
        case engine::ServePurpose::kEmbeddings: return wish.model.name + " for embeddings";
        case engine::ServePurpose::kRanking: return wish.model.name + " for ranking";
    }
    return wish.model.name;
}

}  // namespace

Result<std::unique_ptr<ModelPool>> ModelPool::open(asio::io_context& loop, asio::thread_pool& files,
                                                   PoolOptions options) {
    auto state = std::make_unique<State>(loop, files, std::move(options));
    TRY(state->remotes.open());
    auto supervisor = engine::Supervisor::open(state->options.paths);
    if (supervisor)
        state->supervisor = *std::move(supervisor);
    else if (!state->remotes.empty())
        state->supervisor = std::make_unique<detail::NoSupervisor>(supervisor.error());
    else
        return supervisor.error();
    std::unique_ptr<ModelPool> pool(new ModelPool(std::move(state)));
    asio::co_spawn(loop, pool->end_unused(), asio::detached);
    asio::co_spawn(loop, pool->keep_reports(), asio::detached);
    asio::co_spawn(loop, pool->state_->remotes.watch(), asio::detached);
    return pool;
}

ModelPool::ModelPool(std::unique_ptr<State> state) : state_(std::move(state)) {
    state_->remotes_changed = [this] { give_all_turns(); };
}

// Without memory to post a job the program ends in any case. NOLINTNEXTLINE(bugprone-exception-escape)
ModelPool::~ModelPool() {
    state_->stop.request_stop();
    asio::post(state_->engine_thread, [this] { state_->supervisor.reset(); });
    state_->engine_thread.join();
}

void ModelPool::stop_loading() { state_->stop.request_stop(); }

net::Task<model::InstalledModel> ModelPool::find(std::string name) {
    if (auto known = state_->known.find(name)) co_return *std::move(known);
    const auto stamp = state_->known.stamp();
    const model::ModelStore& store = state_->store;
    auto look = [&store, name]() -> Result<model::InstalledModel> {
        auto found = store.find_name(name);
        constexpr std::string_view kLatest = ":latest";
        if (found || !std::string_view(name).ends_with(kLatest)) return found;
        auto untagged = store.find_name(name.substr(0, name.size() - kLatest.size()));
        return untagged ? untagged : found;
    };
    Result<model::InstalledModel> found = co_await elsewhere(state_->files, std::move(look));
    if (found) state_->known.keep(name, *found, stamp);
    co_return found;
}

net::Task<std::vector<model::InstalledModel>> ModelPool::list() {
    const model::ModelStore& store = state_->store;
    auto look = [&store] { return store.list(); };
    Result<std::vector<model::InstalledModel>> models = co_await elsewhere(state_->files, std::move(look));
    co_return models;
}

net::Task<Seat> ModelPool::enter(SeatWish wish) {
    while (true) {
        const std::size_t avoided = wish.avoid.size();
        Result<Seat> seat = co_await enter_once(wish);
        // A child that could not be loaded, or a remote that is not used any more: perhaps somebody else answers.
        if (seat || wish.avoid.size() == avoided || !can_serve(wish)) co_return seat;
    }
}

net::Task<Seat> ModelPool::enter_once(SeatWish& wish) {
    const Clock::time_point begun = Clock::now();
    CO_CHECK(co_await check_servable(wish));
    const std::string name = engine_name(wish);
    const auto place = state_->models.try_emplace(name, name, wish, state_->options.max_queue);
    Model& model = place.first->second;
    model.installed = wish.model.installed.has_value();
    wish.waiting.id = ++state_->last_id;
    Ticket ticket(*this, model, wish);
    CO_CHECK(co_await wait_for_turn(model, ticket, wish));
    Seat seat;
    seat.queue_seconds = seconds_since(begun);
    CO_CHECK(co_await take_seat(model, ticket, wish, seat));
    seat.pool_ = this;
    seat.id_ = ticket.id;
    seat.stops_ = ticket.stops;
    ticket.taken = true;
    model.keep_alive = wish.keep_alive.value_or(state_->options.keep_alive);
    co_return seat;
}

// With the engine of the place that the ticket was given. One that cannot be had is avoided from then on.
net::Task<void> ModelPool::take_seat(Model& model, Ticket& ticket, SeatWish& wish, Seat& seat) {
    const std::string remote = ticket.place->remote;
    if (remote != kChild) {
        const std::vector<Offer> offers = state_->remotes.offers(model.model, wish.via);
        const auto offer = std::ranges::find(offers, remote, &Offer::remote);
        Result<Engine> engine = Error(Code::kUnavailable, "remote '" + remote + "' offers it no more");
        if (offer != offers.end()) engine = state_->remotes.engine(*offer, wish.via);
        if (!engine) {
            wish.avoid.push_back(remote);
            co_return Error(engine.error());
        }
        seat.engine = *std::move(engine);
        seat.lease.model = model.name;
        co_return Status();
    }
    const Clock::time_point loading = Clock::now();
    const bool was_loaded = model.is_loaded();
    Result<engine::Lease> got = co_await lease(model, ticket, wish);
    if (!got) {
        if (got.error().code() != Code::kCancelled && ticket.still_wanted()) wish.avoid.emplace_back(kChild);
        co_return Error(got.error());
    }
    seat.lease = *std::move(got);
    seat.engine.endpoint.address = seat.lease.address;
    seat.engine.window = seat.lease.context_window;
    seat.engine.words = seat.lease.engine;
    if (!was_loaded) seat.load_seconds = seconds_since(loading);
    co_return Status();
}

net::Task<void> ModelPool::wait_for_turn(Model& model, Ticket& ticket, const SeatWish& wish) {
    const std::vector<Offer> offers = state_->remotes.offers(model.model, wish.via);
    if (model.queue.size() == 0) ticket.place = place_for(model, offers, wish);
    if (!ticket.granted() && guest_for(model, wish)) ticket.place = Place{.remote = kChild, .guest = true};
    if (ticket.granted()) {
        model.queue.served_at_once(wish.waiting);
        model.seat(wish.waiting, *ticket.place);
        co_return Status();
    }
    CO_CHECK(model.queue.push(wish.waiting));
    while (!ticket.granted()) {
        if (wish.on_wait) {
            const QueuePlace place = place_in_queue(model, ticket.id);
            CO_CHECK(co_await wish.on_wait(place));
        }
        if (!ticket.granted()) co_await ticket.pause();
        if (ticket.granted()) break;
        // A child that was stopped is no loss where a remote answers too.
        const bool answered_elsewhere = !state_->remotes.offers(model.model, wish.via).empty();
        if (!answered_elsewhere) {
            CO_CHECK(ticket.still_wanted());
        }
        CO_CHECK(co_await check_servable(wish));
    }
    co_return Status();
}

void ModelPool::leave(const std::string& name, std::uint64_t id) {
    const auto found = state_->models.find(name);
    if (found == state_->models.end()) return;
    Model& model = found->second;
    if (const auto work = model.at_work.find(id); work != model.at_work.end()) {
        model.pace.add(work->second.tokens, seconds_since(work->second.since));
        model.at_work.erase(work);
    }
    model.last_used = Clock::now();
    give_turns(model);
}

void ModelPool::give_turns(Model& model) {
    // Those of a ring of remotes have fewer to choose from than others.
    const auto regular = [&](const SeatWish& wish) {
        return place_for(model, state_->remotes.offers(model.model, wish.via), wish);
    };
    const auto guest = [&](const SeatWish& wish) {
        return guest_for(model, wish) ? std::optional(Place{.remote = kChild, .guest = true}) : std::nullopt;
    };
    const auto give_next = [&](const auto& place_of) {
        const auto next = model.queue.pop([&](const Waiting& waiting) {
            const auto found = model.tickets.find(waiting.id);
            return found != model.tickets.end() && place_of(found->second->wish).has_value();
        });
        if (!next) return false;
        Ticket& ticket = *model.tickets.at(*next);
        ticket.place = place_of(ticket.wish);
        model.seat(ticket.wish.waiting, *ticket.place);
        ticket.wake.cancel();
        return true;
    };
    while (model.queue.size() > 0 && give_next(regular)) {
    }
    give_next(guest);
    if (model.queue.size() == 0) model.queue.pop();  // shares begin anew
}

void ModelPool::give_all_turns() {
    for (auto& [name, model] : state_->models)
        give_turns(model);
}

// A lease of the running engine; where there is none, one load for all that ask meanwhile.
net::Task<engine::Lease> ModelPool::lease(Model& model, Ticket& ticket, const SeatWish& wish) {
    Tokens context = wish.context;
    while (true) {
        const bool wide_enough = context.value <= model.served.context_window.value;
        engine::Lease lease = model.served;
        lease.hold = model.hold.lock();
        // A model that others use is not loaded anew for a wider window; a prompt that is too long is refused with both counts.
        if (lease.hold && (wide_enough || model.at_child() > 1 || model.loading)) {
            model.until_taken.reset();
            co_return lease;
        }
        lease.hold.reset();
        if (!model.loading) {
            model.loading = true;
            model.loading_since = Clock::now();
            model.load_error.reset();
            engine::ServeOptions options = state_->options.serve;
            options.purpose = model.purpose;
            model.asked_context = std::max(model.asked_context, context);
            options.context = std::max(options.context, model.asked_context);
            options.slots += 1;  // the guest's
            asio::co_spawn(state_->loop, load(model, *wish.model.installed, options), asio::detached);
        }
        while (model.loading) {
            if (wish.on_wait) {
                QueuePlace place;
                if (model.load_time)
                    place.seconds = std::max(0.0, *model.load_time - seconds_since(model.loading_since));
                CO_CHECK(co_await wish.on_wait(place));
            }
            if (model.loading) co_await ticket.pause();
            CO_CHECK(ticket.still_wanted());
        }
        if (model.load_error) co_return Error(*model.load_error);
        model.at_work[ticket.id].since = Clock::now();  // the load says nothing about the pace
        // The window may be shorter than what was asked for: the model was trained for no more.
        context = std::min(context, model.served.context_window);
    }
}

asio::awaitable<void> ModelPool::load(Model& model, model::InstalledModel file,
                                      engine::ServeOptions options) {
    engine::Supervisor& supervisor = *state_->supervisor;
    const std::stop_token stop = state_->stop.get_token();
    const std::string name = model.name;
    auto start = [&supervisor, name, file, options, stop] {
        return supervisor.acquire(name, file.file, options, {}, stop);
    };
    Result<engine::Lease> lease = co_await elsewhere(state_->engine_thread, std::move(start));
    model.loading = false;
    if (lease) {
        model.load_time = seconds_since(model.loading_since);
        model.hold = lease->hold;
        model.until_taken = std::exchange(lease->hold, nullptr);
        model.served = *std::move(lease);
        model.last_used = Clock::now();
    } else {
        model.load_error = lease.error();
        model.asked_context = Tokens{0};  // it may have been what did not fit
    }
    for (const auto& [id, ticket] : model.tickets)
        ticket->wake.cancel();
}

net::Task<void> ModelPool::after_failure(const Seat& seat) {
    engine::Supervisor& supervisor = *state_->supervisor;
    const engine::Lease lease = seat.lease;
    auto ask = [&supervisor, lease] { return supervisor.healthy(lease); };
    Status health = co_await elsewhere(state_->engine_thread, std::move(ask));
    co_return health;
}

asio::awaitable<bool> ModelPool::end_engine(std::string name) {
    const auto found = state_->models.find(name);
    if (found == state_->models.end() || found->second.at_child() > 0 || found->second.loading)
        co_return false;
    found->second.until_taken.reset();
    engine::Supervisor& supervisor = *state_->supervisor;
    auto end = [&supervisor, name] { return supervisor.unload(name); };
    const bool ended = co_await elsewhere(state_->engine_thread, std::move(end));
    co_return ended;
}

std::vector<std::string> ModelPool::engines_of(const std::string& model) const {
    std::vector<std::string> names;
    for (const auto& [name, each] : state_->models)
        if (each.model == model) names.push_back(name);
    return names;
}

asio::awaitable<bool> ModelPool::unload(std::string model) {
    bool all = true;
    const std::vector<std::string> engines = engines_of(model);
    for (const std::string& engine : engines) {
        const bool ended = co_await end_engine(engine);
        all = all && ended;
    }
    co_return all && !engines.empty();
}

net::Task<void> ModelPool::release(std::string model) {
    for (const std::string& engine : engines_of(model)) {
        const Model& entry = state_->models.at(engine);
        if (entry.at_child() == 0 && !entry.loading && entry.queue.size() == 0) continue;
        co_return Error(Code::kConflict,
                        fmt::format("{} is in use ({} requests, {} waiting); try again when they have ended",
                                    model, entry.at_child(), entry.queue.size()));
    }
    co_await unload(std::move(model));  // false when it was not loaded
    co_return Status();
}

const model::ModelStore& ModelPool::store() const { return state_->store; }

asio::awaitable<void> ModelPool::end_unused() {
    while (!state_->stop.stop_requested()) {
        state_->timer.expires_after(kSweep);
        co_await state_->timer.async_wait(kQuiet);
        std::vector<std::string> unused;
        for (auto& [name, model] : state_->models) {
            if (!model.is_loaded() || model.at_child() > 0 || model.loading) continue;
            model.until_taken.reset();
            const bool for_ever = model.keep_alive.count() < 0;
            if (!for_ever && Clock::now() - model.last_used >= model.keep_alive) unused.push_back(name);
        }
        for (const std::string& name : unused)
            co_await end_engine(name);  // it may have been used again meanwhile, or be gone: both are fine
        co_await end_hung();
    }
}

// Engines that owe an answer are looked at.
asio::awaitable<void> ModelPool::end_hung() {
    std::vector<engine::Lease> owing;
    for (const auto& [name, model] : state_->models) {
        if (model.owed == 0) continue;
        engine::Lease lease = model.served;
        lease.hold = model.hold.lock();
        if (lease.hold) owing.push_back(std::move(lease));
    }
    engine::Supervisor& supervisor = *state_->supervisor;
    for (const engine::Lease& lease : owing) {
        auto look = [&supervisor, lease] { return supervisor.end_if_hung(lease); };
        co_await elsewhere(state_->engine_thread, std::move(look));
    }
}

void ModelPool::owe(const std::string& engine, int change) {
    const auto found = state_->models.find(engine);
    if (found != state_->models.end()) found->second.owed += change;
}

}  // namespace hearth::serve
