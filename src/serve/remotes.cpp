#include "serve/remotes.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/ids.h"
#include "core/text.h"
#include "guard/secret_store.h"
#include "serve/detail/elsewhere.h"

namespace hearth::serve {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kSweep{500};
constexpr std::chrono::seconds kListedLately{30};
constexpr std::size_t kIdDigits = 16;
constexpr int kGone =
    2;  // questions without an answer, after which those that wait for bytes are sent elsewhere

}  // namespace

// A remote as its files have it.
struct Remotes::Read {
    remote::Remote remote;
    Result<remote::Access> access;
};

struct Remotes::Peer {
    remote::Remote remote;
    Result<std::shared_ptr<const remote::Access>> access = Error(Code::kInternal, "not read");
    remote::Greeting greeting;  // the last good one
    remote::Health health;
    bool asking = false;
    int silent = 0;            // questions in a row that brought no answer at all
    bool newer_limit = false;  // Engine::newer_limit
    Clock::time_point last_used;
    std::map<std::shared_ptr<net::Hangup>, int> owed;  // requests that wait for its bytes
    std::uint64_t requests = 0;
    std::uint64_t failures = 0;
};

struct Remotes::Timers {
    explicit Timers(asio::io_context& loop) : sweep(loop), asked(loop) {
        asked.expires_at(Clock::time_point::max());
    }

    asio::steady_timer sweep;
    asio::steady_timer asked;  // never ends; cancelled whenever a remote was asked
};

Remotes::Remotes(asio::io_context& loop, asio::thread_pool& files, os::Paths paths,
                 std::function<void()> changed)
    : loop_(loop),
      files_(files),
      paths_(std::move(paths)),
      changed_(std::move(changed)),
      id_(random_hex(kIdDigits)),
      timers_(std::make_unique<Timers>(loop)) {}

Remotes::~Remotes() = default;

Result<std::vector<Remotes::Read>> Remotes::read(const os::Paths& paths) {
    const auto remotes = TRY(remote::load_remotes(paths.config / "remotes.toml"));
    const auto trust = TRY(remote::trust_for(remotes));
    const guard::SecretStore secrets(paths.data / "secrets");
    std::vector<Read> all;
    for (const remote::Remote& each : remotes)
        all.push_back({.remote = each, .access = remote::access_to(each, secrets, trust)});
    return all;
}

void Remotes::take(std::vector<Read> read) {
    std::vector<std::shared_ptr<Peer>> peers;
    for (Read& each : read) {
        each.remote.line = 0;  // moving in its file changes nothing
        const std::shared_ptr<Peer> before = find(each.remote.name);
        const bool same =
            before != nullptr && before->remote == each.remote && before->access.has_value() &&
            each.access.has_value() &&
            ((*before->access)->secret == nullptr
                 ? each.access->secret == nullptr
                 : each.access->secret != nullptr && *(*before->access)->secret == *each.access->secret);
        if (same) {
            peers.push_back(before);
            continue;
        }
        auto peer = std::make_shared<Peer>();
        peer->remote = std::move(each.remote);
        if (each.access)
            peer->access = std::make_shared<const remote::Access>(*std::move(each.access));
        else
            peer->access = each.access.error().with_context(fmt::format("remote '{}'", peer->remote.name));
        peers.push_back(std::move(peer));
    }
    peers_ = std::move(peers);
}

Status Remotes::open() {
    take(TRY(read(paths_)));
    return {};
}

net::Task<void> Remotes::reload() {
    auto work = [paths = paths_] { return read(paths); };
    Result<std::vector<Read>> fresh = co_await detail::elsewhere(files_, std::move(work));
    if (!fresh) co_return Error(fresh.error());
    take(*std::move(fresh));
    co_return Status();
}

asio::awaitable<void> Remotes::watch() {
    while (true) {
        for (const auto& peer : peers_) {
            const bool owing = !peer->owed.empty();
            if (peer->health.is_due(Clock::now(), owing, peer->last_used)) start_greeting(peer);
        }
        timers_->sweep.expires_after(kSweep);
        co_await timers_->sweep.async_wait(kQuiet);
    }
}

void Remotes::start_greeting(const std::shared_ptr<Peer>& peer) {
    if (peer->asking) return;
    peer->asking = true;
    asio::co_spawn(loop_, greet(peer), asio::detached);
}

asio::awaitable<void> Remotes::greet(std::shared_ptr<Peer> peer) {
    Result<remote::Greeting> greeting = Error(Code::kUnavailable, "not asked");
    if (peer->access) {
        const std::shared_ptr<const remote::Access> access = *peer->access;
        net::HttpRequest request = remote::request_to(*access, "/v1/models", {}, id_);
        const Result<net::HttpResponse> answer = co_await net::ask_upstream(
            access->endpoint, std::move(request), remote::kGreetingTime, remote::kMostListing);
        peer->silent = answer ? 0 : peer->silent + 1;
        if (answer)
            greeting = remote::read_greeting(*access, *answer);
        else
            greeting = remote::failure_of(*access, answer.error()).error;
        if (greeting && greeting->server_id == id_)
            greeting =
                Error(Code::kConflict, fmt::format("remote '{}' is this server itself", peer->remote.name));
    } else {
        greeting = peer->access.error();
    }
    peer->asking = false;
    if (greeting) {
        peer->greeting = *std::move(greeting);
        peer->health.succeeded(Clock::now());
    } else {
        peer->health.failed(Clock::now(), greeting.error());
        if (peer->silent >= kGone) hang_up(*peer, greeting.error().message());
    }
    timers_->asked.cancel();
    if (changed_) changed_();
}

// A machine that is off or asleep does not end its connections itself.
void Remotes::hang_up(Peer& peer, const std::string& why) {
    const auto owed = peer.owed;  // each takes itself off the list when it ends
    for (const auto& [hangup, count] : owed)
        hangup->hang_up(why);
}

asio::awaitable<void> Remotes::wait_for(std::vector<std::shared_ptr<Peer>> peers) {
    for (const auto& peer : peers)
        start_greeting(peer);
    while (std::ranges::any_of(peers, [](const auto& peer) { return peer->asking; }))
        co_await timers_->asked.async_wait(kQuiet);
}

asio::awaitable<void> Remotes::refresh() {
    std::vector<std::shared_ptr<Peer>> stale;
    for (const auto& peer : peers_) {
        const auto heard = peer->health.heard();
        const bool listed = !peer->remote.models.empty();
        const bool late = !heard || (!listed && peer->health.good() && Clock::now() - *heard > kListedLately);
        if (late || (peer->asking && !listed)) stale.push_back(peer);
    }
    co_await wait_for(std::move(stale));
}

asio::awaitable<void> Remotes::recheck(std::string model) {
    std::vector<std::shared_ptr<Peer>> failing;
    for (const auto& peer : peers_)
        if (offer_of(*peer, model) && peer->health.may_have_recovered(Clock::now())) failing.push_back(peer);
    co_await wait_for(std::move(failing));
}

asio::awaitable<void> Remotes::meet(std::string model) {
    std::vector<std::shared_ptr<Peer>> strangers;
    for (const auto& peer : peers_)
        if (!peer->health.asked_before() && offer_of(*peer, model)) strangers.push_back(peer);
    co_await wait_for(std::move(strangers));
}

std::optional<Offer> Remotes::offer_of(const Peer& peer, std::string_view model) const {
    const auto& listed = peer.greeting.listing.models;
    std::string there(model);
    if (!peer.remote.models.empty()) {
        const auto named = std::ranges::find(peer.remote.models, model, &remote::OfferedName::here);
        if (named == peer.remote.models.end()) return std::nullopt;
        there = named->there;
    }
    const auto found = std::ranges::find(listed, there, &remote::ListedModel::name);
    if (found == listed.end() && peer.remote.models.empty()) return std::nullopt;
    Offer offer{.remote = peer.remote.name,
                .model = there,
                .host = remote::url_words(peer.remote.url),
                .slots = peer.remote.slots,
                .context = peer.remote.context,
                .hops = 1,
                .good = peer.health.good() && peer.access.has_value()};
    if (found != listed.end()) {
        offer.hops = found->hops + 1;
        if (offer.context.value == 0) offer.context = found->context;
    }
    return offer;
}

bool Remotes::came_through(const Peer& peer, std::string_view via) const {
    const std::string& id = peer.greeting.server_id;
    return !id.empty() && (id == id_ || has_id(via, id));
}

std::vector<Offer> Remotes::offers(std::string_view model, std::string_view via) const {
    std::vector<Offer> all;
    for (const auto& peer : peers_) {
        if (came_through(*peer, via)) continue;
        if (auto offer = offer_of(*peer, model)) all.push_back(*std::move(offer));
    }
    return all;
}

std::map<std::string, std::vector<Offer>> Remotes::models(std::string_view via) const {
    std::map<std::string, std::vector<Offer>> all;
    for (const auto& peer : peers_) {
        if (came_through(*peer, via)) continue;
        std::vector<std::string> names;
        for (const auto& model : peer->remote.models)
            names.push_back(model.here);
        if (names.empty())
            for (const auto& model : peer->greeting.listing.models)
                names.push_back(model.name);
        for (const std::string& name : names)
            if (auto offer = offer_of(*peer, name)) all[name].push_back(*std::move(offer));
    }
    return all;
}

Result<Engine> Remotes::engine(const Offer& offer, std::string_view via) const {
    const std::shared_ptr<Peer> peer = find(offer.remote);
    if (peer == nullptr)
        return Error(Code::kUnavailable, fmt::format("remote '{}' is not used any more", offer.remote));
    if (!peer->access) return peer->access.error();
    return Engine{.endpoint = (*peer->access)->endpoint,
                  .kind = peer->greeting.listing.kind,
                  .window = offer.context,
                  .words = fmt::format("remote '{}'", offer.remote),
                  .remote = *peer->access,
                  .model = offer.model,
                  .newer_limit = peer->newer_limit,
                  .via = via.empty() ? id_ : fmt::format("{}, {}", via, id_),
                  .hangup = std::make_shared<net::Hangup>()};
}

std::shared_ptr<Remotes::Peer> Remotes::find(std::string_view name) const {
    for (const auto& peer : peers_)
        if (peer->remote.name == name) return peer;
    return nullptr;
}

void Remotes::answered(const Engine& engine) {
    const std::shared_ptr<Peer> peer = find(engine.remote->name);
    if (peer == nullptr) return;
    ++peer->requests;
    peer->last_used = Clock::now();
    peer->health.succeeded(peer->last_used);
}

void Remotes::failed(const Engine& engine, const remote::Failure& failure) {
    const std::shared_ptr<Peer> peer = find(engine.remote->name);
    if (peer == nullptr || failure.of_request) return;
    ++peer->failures;
    peer->last_used = Clock::now();
    // What it cannot do, or a model that it has no more, is no reason to give it nothing else.
    const Code code = failure.error.code();
    if (code == Code::kUnsupported || code == Code::kNotFound) return;
    peer->health.failed(peer->last_used, failure.error, failure.retry_after);
}

// OpenAI's newer models know the limit of an answer by its newer name alone, other servers by the older one.
bool Remotes::learned(const Engine& engine, const Error& refusal) {
    const std::shared_ptr<Peer> peer = find(engine.remote->name);
    if (peer == nullptr || engine.newer_limit) return false;
    if (refusal.message().find("max_completion_tokens") == std::string::npos) return false;
    peer->newer_limit = true;
    return true;
}

void Remotes::owe(const std::string& remote, const std::shared_ptr<net::Hangup>& hangup, int change) {
    const std::shared_ptr<Peer> peer = find(remote);
    if (peer == nullptr) return;
    peer->last_used = Clock::now();
    int& count = peer->owed[hangup];
    count += change;
    if (count <= 0) peer->owed.erase(hangup);
}

Error Remotes::problem(std::string_view model, const std::vector<Offer>& offers) const {
    std::vector<std::string> reasons;
    std::optional<Code> code;
    for (const Offer& offer : offers) {
        const std::shared_ptr<Peer> peer = find(offer.remote);
        if (peer == nullptr || offer.good) continue;
        const Error error =
            !peer->access ? peer->access.error()
                          : peer->health.error().value_or(Error(Code::kUnavailable, "it was not asked yet"));
        reasons.push_back(error.message());
        const bool pause = error.code() == Code::kExhausted;
        if (!code || pause) code = pause ? Code::kExhausted : Code::kUnavailable;
    }
    if (reasons.empty())
        return {Code::kConflict,
                fmt::format("the request for '{}' came back to a server that it came from: remotes point at "
                            "each other in a ring",
                            printable(model))};
    return {code.value_or(Code::kUnavailable), join(reasons, "; ")};
}

std::chrono::seconds Remotes::next_try(const std::vector<Offer>& offers) const {
    std::optional<Clock::time_point> first;
    const Clock::time_point now = Clock::now();
    for (const Offer& offer : offers)
        if (const auto peer = find(offer.remote); peer != nullptr && !offer.good) {
            const Clock::time_point next = peer->health.next(now);
            if (!first || next < *first) first = next;
        }
    if (!first) return std::chrono::seconds(1);
    return std::max(std::chrono::ceil<std::chrono::seconds>(*first - now), std::chrono::seconds(1));
}

std::vector<RemoteState> Remotes::states() const {
    std::vector<RemoteState> all;
    for (const auto& peer : peers_) {
        const auto& error = peer->health.error();
        const bool named = !peer->remote.models.empty();
        all.push_back({.name = peer->remote.name,
                       .good = peer->health.good() && peer->access.has_value(),
                       .problem = error ? error->message() : std::string(),
                       .models = named ? peer->remote.models.size() : peer->greeting.listing.models.size(),
                       .requests = peer->requests,
                       .failures = peer->failures});
    }
    return all;
}

bool Remotes::empty() const { return peers_.empty(); }

bool has_id(std::string_view via, std::string_view id) {
    return std::ranges::any_of(split(via, ','), [&](std::string_view each) { return trim(each) == id; });
}

}  // namespace hearth::serve
