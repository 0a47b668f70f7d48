// What is asked of a pool beside seats: how long a wait will be, what it holds, the end of a model at a person's wish, and what engines report.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "serve/detail/elsewhere.h"
#include "serve/detail/pool_state.h"
#include "serve/model_pool.h"

namespace hearth::serve {

using Clock = std::chrono::steady_clock;
using detail::elsewhere;
using detail::seconds_since;
using detail::stop_words;

namespace {

constexpr std::chrono::seconds kUsualRetry{5};
constexpr std::chrono::seconds kLongestRetry{600};
constexpr std::chrono::seconds kBetweenReports{1};

}  // namespace

// While a model loads, reports of the others wait.
boost::asio::awaitable<void> ModelPool::keep_reports() {
    bool told_of_failure = false;
    while (!state_->stop.stop_requested()) {
        state_->report_timer.expires_after(kBetweenReports);
        co_await state_->report_timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        engine::Supervisor& supervisor = *state_->supervisor;
        auto keep = [&supervisor] { return supervisor.keep_reports(); };
        const auto news = co_await elsewhere(state_->engine_thread, std::move(keep));
        if (news)
            for (const std::string& miss : *news)
                fmt::print(stderr, "hearth: memory is not as it was planned: {}\n", printable(miss));
        else if (!std::exchange(told_of_failure, true))
            fmt::print(stderr, "hearth: what engines report is not kept: {}\n",
                       printable(news.error().message()));
    }
}

QueuePlace ModelPool::place_in_queue(const Model& model, std::uint64_t id) const {
    QueuePlace place{.position = model.queue.before(id) + 1, .seconds = {}};
    if (!model.pace.seconds_for(1)) return place;
    std::vector<double> left;
    for (const auto& [number, work] : model.at_work)
        left.push_back(std::max(0.0, *model.pace.seconds_for(work.tokens) - seconds_since(work.since)));
    std::vector<double> ahead;
    for (const double tokens : model.queue.tokens_before(id))
        ahead.push_back(*model.pace.seconds_for(tokens));
    place.seconds = seconds_until_seat(std::move(left), std::max(slots_of(model), 1), ahead);
    return place;
}

std::chrono::seconds ModelPool::retry_after(const std::string& name, const std::string& share) const {
    const auto found = state_->models.find(name);
    if (found == state_->models.end()) return kUsualRetry;
    const auto first = found->second.queue.first_of(share);
    if (!first) {
        // No queue is what it is refused for: the remotes want no more.
        const bool remotes_only = !found->second.installed && slots_of(found->second) == 0;
        return remotes_only ? state_->remotes.next_try(state_->remotes.offers(name, {})) : kUsualRetry;
    }
    const auto seconds = place_in_queue(found->second, *first).seconds;
    if (!seconds) return kUsualRetry;
    return std::clamp(std::chrono::seconds(std::llround(std::ceil(*seconds))), std::chrono::seconds(1),
                      kLongestRetry);
}

net::Task<Stopped> ModelPool::stop_model(std::string name, StopMode mode) {
    Stopped all{.ended = true};
    bool any = false;
    for (const std::string& engine : engines_of(name)) {
        const Result<Stopped> one = co_await stop_engine(engine, mode);
        if (!one) continue;
        any = true;
        all.ended = all.ended && one->ended;
        all.running += one->running;
        all.waiting += one->waiting;
    }
    if (!any) co_return Error(Code::kNotFound, "model '" + name + "' is not loaded");
    co_return all;
}

net::Task<Stopped> ModelPool::stop_engine(std::string name, StopMode mode) {
    const auto found = state_->models.find(name);
    if (found == state_->models.end() || !(found->second.is_loaded() || found->second.loading))
        co_return Error(Code::kNotFound, "model '" + name + "' is not loaded");
    Model& model = found->second;
    Stopped stopped{.ended = true, .running = model.at_child(), .waiting = model.queue.size()};
    if (mode == StopMode::kWhenUnused && (model.at_child() > 0 || model.loading)) {
        model.keep_alive = std::chrono::seconds(0);
        stopped.ended = false;
        co_return stopped;
    }
    ++model.stops;
    for (const auto& [id, ticket] : model.tickets)
        ticket->wake.cancel();
    // Who asks from now on gets a fresh engine: no lease of this one may be had.
    model.hold.reset();
    model.until_taken.reset();
    engine::Supervisor& supervisor = *state_->supervisor;
    auto end = [&supervisor, name] { return supervisor.end(name, stop_words(name)); };
    CO_IGNORE(co_await elsewhere(state_->engine_thread, std::move(end)));
    // A load that was under way came before the end; one that began since comes behind it.
    model.hold.reset();
    model.until_taken.reset();
    co_return stopped;
}

void ModelPool::set_usual(std::chrono::seconds keep_alive, std::size_t max_queue) {
    PoolOptions& options = state_->options;
    for (auto& [name, model] : state_->models) {
        model.queue.set_most_of_a_key(max_queue);
        if (model.keep_alive == options.keep_alive) model.keep_alive = keep_alive;
    }
    options.keep_alive = keep_alive;
    options.max_queue = max_queue;
}

bool ModelPool::was_stopped(const Seat& seat) const {
    const auto found = state_->models.find(seat.lease.model);
    return found != state_->models.end() && found->second.stops != seat.stops_;
}

std::vector<LoadedModel> ModelPool::known() const {
    std::vector<LoadedModel> all;
    for (const auto& [name, model] : state_->models) {
        const auto since = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - model.last_used);
        const bool for_ever = model.keep_alive.count() < 0;
        LoadedModel each{.name = model.model,
                         .serves = name,
                         .loaded = model.is_loaded(),
                         .loading = model.loading,
                         .context = model.served.context_window,
                         .slots = slots_of(model),
                         .running = model.running(),
                         .waiting = model.queue.size(),
                         .engine = model.is_loaded() ? model.served.engine : std::string(),
                         .remotes = state_->remotes.offers(model.model, {}),
                         .memory = model.is_loaded() ? model.served.memory : Bytes{0},
                         .crashes = model.served.crashes,
                         .expires = {}};
        // One elsewhere counts as loaded for as long as a child would stay.
        if (!each.remotes.empty() && (model.running() > 0 || for_ever || since < model.keep_alive))
            each.loaded = true;
        if (each.context.value == 0 && !each.remotes.empty()) each.context = each.remotes.front().context;
        if (!for_ever)
            each.expires = std::chrono::system_clock::now() + model.keep_alive -
                           (model.running() > 0 ? std::chrono::seconds(0) : since);
        all.push_back(std::move(each));
    }
    return all;
}

std::vector<LoadedModel> ModelPool::loaded() const {
    std::vector<LoadedModel> all = known();
    std::erase_if(all, [](const LoadedModel& each) { return !each.loaded; });
    return all;
}

}  // namespace hearth::serve
