// Who answers for a model, where servers elsewhere offer it too.
#include <algorithm>
#include <utility>

#include "serve/detail/pool_state.h"
#include "serve/model_pool.h"

namespace hearth::serve {
namespace {

bool avoids(const SeatWish& wish, std::string_view who) {
    return std::ranges::find(wish.avoid, who) != wish.avoid.end();
}

// As clients may write it: with the tag that Ollama's put behind a name without one, or without it.
std::vector<std::string> spellings(const std::string& name) {
    constexpr std::string_view kLatest = ":latest";
    if (std::string_view(name).ends_with(kLatest))
        return {name, name.substr(0, name.size() - kLatest.size())};
    return {name, name + std::string(kLatest)};
}

}  // namespace

net::Task<ServableModel> ModelPool::find_servable(std::string name) {
    Result<model::InstalledModel> installed = co_await find(name);
    if (installed) co_return ServableModel{.name = installed->name, .installed = *std::move(installed)};
    if (state_->remotes.empty()) co_return Error(installed.error());
    // A remote that was not asked yet, or not lately, may have got it since.
    for (int attempt = 0; attempt < 2; ++attempt) {
        for (const std::string& spelling : spellings(name))
            if (!state_->remotes.offers(spelling, {}).empty())
                co_return ServableModel{.name = spelling, .installed = {}};
        if (attempt == 0) co_await state_->remotes.refresh();
    }
    std::string silent;
    for (const RemoteState& remote : state_->remotes.states())
        if (!remote.good) silent += "; " + remote.problem;
    co_return Error(installed.error().code(), installed.error().message() + silent);
}

std::map<std::string, std::vector<Offer>> ModelPool::models_elsewhere(
    const std::vector<model::InstalledModel>& installed, std::string_view via) const {
    auto all = state_->remotes.models(via);
    for (const auto& model : installed)
        all.erase(model.name);
    return all;
}

bool ModelPool::can_serve(const SeatWish& wish) const {
    if (wish.model.installed && !avoids(wish, kChild)) return true;
    const auto offers = state_->remotes.offers(wish.model.name, wish.via);
    return std::ranges::any_of(offers,
                               [&](const Offer& offer) { return offer.good && !avoids(wish, offer.remote); });
}

net::Task<void> ModelPool::check_servable(const SeatWish& wish) {
    Remotes& remotes = state_->remotes;
    if (has_id(wish.via, remotes.id())) {
        std::vector<Offer> none;
        co_return remotes.problem(wish.model.name, none);
    }
    co_await remotes.meet(wish.model.name);
    if (can_serve(wish)) co_return Status();
    co_await remotes.recheck(wish.model.name);
    if (can_serve(wish)) co_return Status();
    co_return remotes.problem(wish.model.name, remotes.offers(wish.model.name, wish.via));
}

int ModelPool::slots_of(const Model& model) const {
    int slots = model.installed ? state_->options.serve.slots : 0;
    for (const Offer& offer : state_->remotes.offers(model.model, {}))
        if (offer.good) slots += offer.slots;
    return slots;
}

std::optional<ModelPool::Place> ModelPool::place_for(const Model& model, const std::vector<Offer>& offers,
                                                     const SeatWish& wish) const {
    std::optional<Place> best;
    double least = 1;
    const auto consider = [&](const std::string& who, int running, int slots) {
        const double busy = static_cast<double>(running) / slots;
        if (busy >= least) return;
        least = busy;
        best = Place{.remote = who, .guest = false};
    };
    const bool child = model.installed && !avoids(wish, kChild);
    const int child_slots = state_->options.serve.slots;
    if (child && model.is_loaded()) consider(kChild, model.regulars(), child_slots);
    for (const Offer& offer : offers)
        if (offer.good && !avoids(wish, offer.remote))
            consider(offer.remote, model.running_at(offer.remote), offer.slots);
    // To load it takes time and memory.
    if (!best && child) consider(kChild, model.regulars(), child_slots);
    return best;
}

bool ModelPool::guest_for(const Model& model, const SeatWish& wish) const {
    return model.installed && !avoids(wish, kChild) && model.may_be_guest(wish.waiting);
}

Remotes& ModelPool::remotes() { return state_->remotes; }

net::Task<void> ModelPool::reload_remotes() {
    CO_CHECK(co_await state_->remotes.reload());
    give_all_turns();
    co_return Status();
}

Tokens ModelPool::usual_window() const { return state_->options.serve.context; }

}  // namespace hearth::serve
