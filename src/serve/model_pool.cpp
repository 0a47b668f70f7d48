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

namespace hearth::serve {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using detail::elsewhere;

namespace {

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kSweep{500};

double seconds_since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

}  // namespace

struct ModelPool::Model {
    Model(asio::io_context& loop, std::string given, std::size_t max_queue)
        : name(std::move(given)), changed(loop, Clock::time_point::max()), queue(max_queue) {}

    [[nodiscard]] int slots(const PoolOptions& options) const {
        return is_loaded() ? served.slots : std::max(options.serve.slots, 1);
    }

    // The supervisor drops its hold when the engine ends, for whatever reason.
    [[nodiscard]] bool is_loaded() const { return !hold.expired(); }

    std::string name;
    asio::steady_timer changed;  // never due; cancelled to wake all that wait for something here
    bool loading = false;
    std::optional<Error> load_error;
    engine::Lease served;               // how it is served; without the hold
    std::weak_ptr<void> hold;           // of the running engine
    std::shared_ptr<void> until_taken;  // keeps a fresh engine until those that waited have their leases
    int running = 0;
    FairQueue queue;
    std::map<std::uint64_t, Ticket*> tickets;
    Clock::time_point last_used = Clock::now();
    std::chrono::seconds keep_alive{300};
};

struct ModelPool::State {
    State(asio::io_context& given, asio::thread_pool& blocking, PoolOptions wanted,
          std::unique_ptr<engine::Supervisor> engines)
        : loop(given),
          files(blocking),
          options(std::move(wanted)),
          store(options.paths.data / "models", options.foreign_stores),
          supervisor(std::move(engines)),
          timer(given) {}

    asio::io_context& loop;
    asio::thread_pool& files;
    PoolOptions options;
    model::ModelStore store;
    std::unique_ptr<engine::Supervisor> supervisor;  // touched on the engine thread alone
    asio::thread_pool engine_thread{1};
    std::stop_source stop;
    asio::steady_timer timer;
    std::map<std::string, Model> models;
    std::uint64_t last_id = 0;
};

// A place in the queue or among the running ones, given back unless a Seat took it over.
struct ModelPool::Ticket {
    Ticket(ModelPool& owner, Model& wanted, std::uint64_t number) : pool(owner), model(wanted), id(number) {}

    ~Ticket() {
        model.tickets.erase(id);
        if (granted && !taken) pool.leave(model.name);
        if (!granted) model.queue.remove(id);
    }

    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    ModelPool& pool;
    Model& model;
    std::uint64_t id;
    bool granted = false;
    bool taken = false;
};

Seat::Seat(Seat&& other) noexcept
    : lease(std::move(other.lease)),
      queue_seconds(other.queue_seconds),
      load_seconds(other.load_seconds),
      pool_(std::exchange(other.pool_, nullptr)) {}

Seat& Seat::operator=(Seat&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    lease = std::move(other.lease);
    queue_seconds = other.queue_seconds;
    load_seconds = other.load_seconds;
    pool_ = std::exchange(other.pool_, nullptr);
    return *this;
}

Seat::~Seat() { give_back(); }

void Seat::give_back() {
    if (ModelPool* pool = std::exchange(pool_, nullptr)) {
        lease.hold.reset();
        pool->leave(lease.model);
    }
}

Result<std::unique_ptr<ModelPool>> ModelPool::open(asio::io_context& loop, asio::thread_pool& files,
                                                   PoolOptions options) {
    auto supervisor = TRY(engine::Supervisor::open(options.paths));
    auto state = std::make_unique<State>(loop, files, std::move(options), std::move(supervisor));
    std::unique_ptr<ModelPool> pool(new ModelPool(std::move(state)));
    asio::co_spawn(loop, pool->end_unused(), asio::detached);
    return pool;
}

ModelPool::ModelPool(std::unique_ptr<State> state) : state_(std::move(state)) {}

// Without memory to post a job the program ends in any case. NOLINTNEXTLINE(bugprone-exception-escape)
ModelPool::~ModelPool() {
    state_->stop.request_stop();
    asio::post(state_->engine_thread, [this] { state_->supervisor.reset(); });
    state_->engine_thread.join();
}

void ModelPool::stop_loading() { state_->stop.request_stop(); }

net::Task<model::InstalledModel> ModelPool::find(std::string name) {
    const model::ModelStore& store = state_->store;
    auto look = [&store, name]() -> Result<model::InstalledModel> {
        auto found = store.find(name);
        constexpr std::string_view kLatest = ":latest";
        if (found || !std::string_view(name).ends_with(kLatest)) return found;
        auto untagged = store.find(name.substr(0, name.size() - kLatest.size()));
        return untagged ? untagged : found;
    };
    Result<model::InstalledModel> found = co_await elsewhere(state_->files, std::move(look));
    co_return found;
}

net::Task<std::vector<model::InstalledModel>> ModelPool::list() {
    const model::ModelStore& store = state_->store;
    auto look = [&store] { return store.list(); };
    Result<std::vector<model::InstalledModel>> models = co_await elsewhere(state_->files, std::move(look));
    co_return models;
}

net::Task<Seat> ModelPool::enter(SeatWish wish) {
    const Clock::time_point begun = Clock::now();
    const auto place =
        state_->models.try_emplace(wish.model.name, state_->loop, wish.model.name, state_->options.max_queue);
    Model& model = place.first->second;
    wish.waiting.id = ++state_->last_id;
    Ticket ticket(*this, model, wish.waiting.id);
    CO_CHECK(co_await wait_for_turn(model, ticket, wish));
    Seat seat;
    seat.queue_seconds = seconds_since(begun);
    const Clock::time_point loading = Clock::now();
    const bool was_loaded = model.is_loaded();
    CO_TRY(seat.lease, co_await lease(model, wish.model, wish.context));
    if (!was_loaded) seat.load_seconds = seconds_since(loading);
    seat.pool_ = this;
    ticket.taken = true;
    model.keep_alive = wish.keep_alive.value_or(state_->options.keep_alive);
    co_return seat;
}

net::Task<void> ModelPool::wait_for_turn(Model& model, Ticket& ticket, SeatWish& wish) {
    if (model.running < model.slots(state_->options) && model.queue.size() == 0) {
        model.queue.served_at_once(wish.waiting);
        ++model.running;
        ticket.granted = true;
        co_return Status();
    }
    CO_CHECK(model.queue.push(wish.waiting));
    model.tickets.emplace(ticket.id, &ticket);
    while (!ticket.granted)
        co_await model.changed.async_wait(kQuiet);
    co_return Status();
}

void ModelPool::leave(const std::string& name) {
    const auto found = state_->models.find(name);
    if (found == state_->models.end()) return;
    Model& model = found->second;
    --model.running;
    model.last_used = Clock::now();
    bool woken = false;
    while (model.running < model.slots(state_->options)) {
        const std::optional<std::uint64_t> next = model.queue.pop();
        if (!next) break;
        const auto ticket = model.tickets.find(*next);
        if (ticket == model.tickets.end()) continue;
        ticket->second->granted = true;
        ++model.running;
        woken = true;
    }
    if (woken) model.changed.cancel();
}

// A lease of the running engine; where there is none, one load for all that ask meanwhile.
net::Task<engine::Lease> ModelPool::lease(Model& model, const model::InstalledModel& file, Tokens context) {
    while (true) {
        const bool wide_enough = context.value <= model.served.context_window.value;
        engine::Lease lease = model.served;
        lease.hold = model.hold.lock();
        // A model that others use is not loaded anew for a wider window; a prompt that is too long is refused with both counts.
        if (lease.hold && (wide_enough || model.running > 1 || model.loading)) {
            model.until_taken.reset();
            co_return lease;
        }
        lease.hold.reset();
        if (!model.loading) {
            model.loading = true;
            model.load_error.reset();
            engine::ServeOptions options = state_->options.serve;
            options.context = std::max(options.context, context);
            asio::co_spawn(state_->loop, load(model, file, options), asio::detached);
        }
        while (model.loading)
            co_await model.changed.async_wait(kQuiet);
        if (model.load_error) co_return Error(*model.load_error);
        // The window may be shorter than what was asked for: the model was trained for no more.
        context = std::min(context, model.served.context_window);
    }
}

asio::awaitable<void> ModelPool::load(Model& model, model::InstalledModel file,
                                      engine::ServeOptions options) {
    engine::Supervisor& supervisor = *state_->supervisor;
    const std::stop_token stop = state_->stop.get_token();
    auto start = [&supervisor, file, options, stop] {
        return supervisor.acquire(file.name, file.file, options, {}, stop);
    };
    Result<engine::Lease> lease = co_await elsewhere(state_->engine_thread, std::move(start));
    model.loading = false;
    if (lease) {
        model.hold = lease->hold;
        model.until_taken = std::exchange(lease->hold, nullptr);
        model.served = *std::move(lease);
        model.last_used = Clock::now();
    } else {
        model.load_error = lease.error();
    }
    model.changed.cancel();
}

net::Task<void> ModelPool::after_failure(const Seat& seat) {
    engine::Supervisor& supervisor = *state_->supervisor;
    const engine::Lease lease = seat.lease;
    auto ask = [&supervisor, lease] { return supervisor.healthy(lease); };
    Status health = co_await elsewhere(state_->engine_thread, std::move(ask));
    co_return health;
}

asio::awaitable<bool> ModelPool::unload(std::string model) {
    const auto found = state_->models.find(model);
    if (found == state_->models.end() || found->second.running > 0 || found->second.loading) co_return false;
    found->second.until_taken.reset();
    engine::Supervisor& supervisor = *state_->supervisor;
    auto end = [&supervisor, model] { return supervisor.unload(model); };
    const bool ended = co_await elsewhere(state_->engine_thread, std::move(end));
    co_return ended;
}

net::Task<void> ModelPool::release(std::string model) {
    const auto found = state_->models.find(model);
    if (found == state_->models.end()) co_return Status();
    const Model& entry = found->second;
    if (entry.running > 0 || entry.loading || entry.queue.size() > 0)
        co_return Error(Code::kConflict,
                        fmt::format("{} is in use ({} requests, {} waiting); try again when they have ended",
                                    model, entry.running, entry.queue.size()));
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
            if (!model.is_loaded() || model.running > 0 || model.loading) continue;
            model.until_taken.reset();
            const bool for_ever = model.keep_alive.count() < 0;
            if (!for_ever && Clock::now() - model.last_used >= model.keep_alive) unused.push_back(name);
        }
        for (const std::string& name : unused)
            co_await unload(name);  // it may have been used again meanwhile, or be gone: both are fine
    }
}

std::vector<LoadedModel> ModelPool::loaded() const {
    std::vector<LoadedModel> all;
    for (const auto& [name, model] : state_->models) {
        if (!model.is_loaded()) continue;
        LoadedModel each{.name = name,
                         .context = model.served.context_window,
                         .slots = model.served.slots,
                         .running = model.running,
                         .waiting = model.queue.size(),
                         .engine = model.served.engine,
                         .expires = {}};
        const auto since = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - model.last_used);
        if (model.keep_alive.count() >= 0)
            each.expires = std::chrono::system_clock::now() + model.keep_alive -
                           (model.running > 0 ? std::chrono::seconds(0) : since);
        all.push_back(std::move(each));
    }
    return all;
}

}  // namespace hearth::serve
