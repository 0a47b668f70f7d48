#include "serve/gate.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "core/ids.h"
#include "guard/credentials.h"
#include "serve/detail/elsewhere.h"

namespace hearth::serve {
namespace {

constexpr std::int64_t kRowsAtOnce = 2000;  // some 20 ms

// The address without its port.
std::string address_of(const net::ServedRequest& request) {
    const auto colon = request.peer.rfind(':');
    return colon == std::string::npos ? request.peer : request.peer.substr(0, colon);
}

std::string session_of(const net::ServedRequest& request) {
    for (const std::string_view name : {"x-claude-code-session-id", "session-id", "x-conversation-id"})
        if (const auto value = request.header(name); !value.empty()) return std::string(value);
    return {};
}

}  // namespace

net::Task<Caller> Gate::admit(net::ServedRequest& request) {
    CO_TRY(const guard::Credentials credentials, guard::find_credentials(request.headers, request.target));
    request.target = credentials.path;
    Caller caller{.key = {},
                  .terms = {},
                  .share = address_of(request),
                  .client = std::string(request.header("user-agent")),
                  .session = session_of(request)};
    caller.terms.routes = {guard::kRoutes.begin(), guard::kRoutes.end()};
    const bool ours = credentials.secret && credentials.secret->starts_with(guard::kSecretPrefix);
    // Clients of this machine send made-up keys, because their libraries want one.
    if (request.loopback && !ours) co_return caller;
    if (!credentials.secret)
        co_return Error(Code::kPermission,
                        "a key is needed: its owner makes one with `hearth key create NAME`; send it as "
                        "Authorization: Bearer KEY, "
                        "as x-api-key, or in the address as /k/KEY");
    guard::KeyBook& keys = keys_;
    const std::string secret = *credentials.secret;
    auto look = [&keys, secret]() -> Result<guard::Key> {
        const auto now = unix_ms_now();
        auto key = keys.check(secret, now);
        if (key) TRY(keys.used(key->id, now));
        return key;
    };
    Result<guard::Key> key = co_await detail::elsewhere(files_, std::move(look));
    if (!key) co_return Error(key.error());
    caller.key = key->id;
    caller.share = key->id;
    caller.terms = std::move(key->terms);
    co_return caller;
}

net::Task<Gate::Pass> Gate::allow(const Caller& caller, guard::Route route, std::string model,
                                  Tokens predicted) {
    const std::int64_t now = unix_ms_now();
    guard::Used today;
    if (guard::uses_engine(route) && (!caller.key.empty() || ledger_failed_)) {
        std::string key = caller.key;
        CO_TRY(today, co_await used_today(std::move(key), now));
    }
    if (caller.key.empty()) co_return Pass();
    const guard::Ask ask{.route = route, .model = model, .predicted = predicted};
    const auto refusal = guard::check_quota(caller.terms, today, running_[caller.key], ask, now);
    if (refusal && refusal->retry_after) co_return refusal->error.with_retry_after(*refusal->retry_after);
    if (refusal) co_return Error(refusal->error);
    co_return Pass(*this, caller.key, predicted);
}

net::Task<guard::Used> Gate::used_today(std::string key, std::int64_t now_ms) {
    guard::Ledger& ledger = *ledger_;
    auto look = [&ledger, key, now_ms]() -> Result<guard::Used> {
        TRY(ledger.ready());
        if (key.empty()) return guard::Used();
        return ledger.used_since(key, guard::day_start(now_ms));
    };
    Result<guard::Used> used = co_await detail::elsewhere(rows_, std::move(look));
    ledger_failed_ = !used;
    co_return used;
}

net::Task<void> Gate::allow(const Caller& caller, guard::Route route) {
    std::string no_model;
    CO_TRY(const Pass pass, co_await allow(caller, route, std::move(no_model), kNoTokens));
    co_return Status();
}

net::Task<void> Gate::record(guard::LedgerRow row) {
    guard::Ledger& ledger = *ledger_;
    auto write = [&ledger, row] { return ledger.record(row); };
    Status written = co_await detail::elsewhere(rows_, std::move(write));
    ledger_failed_ = !written;
    co_return written;
}

void Gate::record_later(guard::LedgerRow row) {
    boost::asio::post(rows_, [this, row = std::move(row)] {
        // Nobody is left to be told of a full disk; the next request's record() says it.
        ledger_failed_ = !ledger_->record(row);
    });
}

net::Task<void> Gate::prune(std::int64_t before_ms) {
    guard::Ledger& ledger = *ledger_;
    std::int64_t removed = kRowsAtOnce;
    while (removed == kRowsAtOnce) {
        auto remove = [&ledger, before_ms] { return ledger.prune(before_ms, kRowsAtOnce); };
        CO_TRY(removed, co_await detail::elsewhere(rows_, std::move(remove)));
    }
    co_return Status();
}

Gate::Pass::Pass(Gate& gate, std::string key, Tokens predicted)
    : gate_(&gate), key_(std::move(key)), predicted_(predicted) {
    auto& running = gate_->running_[key_];
    ++running.requests;
    running.predicted += predicted_;
}

Gate::Pass::Pass(Pass&& other) noexcept
    : gate_(std::exchange(other.gate_, nullptr)), key_(std::move(other.key_)), predicted_(other.predicted_) {}

Gate::Pass& Gate::Pass::operator=(Pass&& other) noexcept {
    if (this == &other) return *this;
    end();
    gate_ = std::exchange(other.gate_, nullptr);
    key_ = std::move(other.key_);
    predicted_ = other.predicted_;
    return *this;
}

Gate::Pass::~Pass() { end(); }

void Gate::Pass::end() {
    Gate* gate = std::exchange(gate_, nullptr);
    if (gate == nullptr) return;
    const auto found = gate->running_.find(key_);
    if (found == gate->running_.end()) return;
    found->second.predicted = found->second.predicted - predicted_;
    if (--found->second.requests <= 0) gate->running_.erase(found);
}

}  // namespace hearth::serve
