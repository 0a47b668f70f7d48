#include "serve/errand.h"

#include <utility>

#include "net/upstream.h"
#include "remote/failure.h"
#include "serve/detail/clock.h"
#include "serve/detail/engine_call.h"
#include "serve/detail/seat_wish.h"

namespace hearth::serve {
namespace {

using Clock = std::chrono::steady_clock;
using detail::seconds_since;

constexpr std::size_t kMaxAnswer = std::size_t{1} << 30U;  // 2048 vectors of many dimensions

// The engine calls its own failure what is wrong with what it was given.
Error without_blame(Error error) {
    const std::string& words = error.message();
    if (words.find("too large to process") != std::string::npos)
        return {Code::kInvalidInput, "a text is longer than the context window: " + words};
    if (words.find("range_check") != std::string::npos)
        return {Code::kInvalidInput, "one of the tokens is not among those of this model"};
    return error;
}

}  // namespace

Errand::Errand(const Visit& visit, std::string dialect, guard::Route route)
    : visit_(visit), row_(visit.activity.row) {
    row_.dialect = std::move(dialect);
    row_.route = route;
}

Errand::~Errand() {
    if (recorded_) return;
    row_.end = guard::EndReason::kCancelled;
    row_.status = 499;
    row_.total_seconds = seconds_since(begun_);
    if (seated_) row_.compute_seconds = seconds_since(seated_at_);
    visit_.desk.gate.record_later(row_);
}

net::Task<void> Errand::enter(std::string name, SeatWish wish) {
    seat_ = Seat();
    pass_ = Gate::Pass();  // so that a second attempt does not count twice
    may_try_again_ = false;
    visit_.activity.asked_model = name;
    CO_TRY(wish.model, co_await visit_.desk.pool.find_servable(std::move(name)));
    row_.model = wish.model.name;
    const Tokens predicted{static_cast<std::int64_t>(wish.waiting.tokens)};
    const guard::Route route = row_.route;
    std::string model = wish.model.name;
    CO_TRY(pass_, co_await visit_.desk.gate.allow(visit_.caller, route, std::move(model), predicted));
    wish.waiting.key = visit_.caller.share;
    wish.waiting.weight = static_cast<double>(visit_.caller.terms.weight);
    wish.via = detail::via_of(visit_.request);
    wish.avoid = std::move(wish_.avoid);
    wish_ = std::move(wish);
    CO_TRY(seat_, co_await visit_.desk.pool.enter(wish_));
    seated_ = true;
    seated_at_ = Clock::now();
    visit_.activity.engine = seat_.engine.words;
    row_.queue_seconds = seat_.queue_seconds;
    row_.load_seconds = seat_.load_seconds;
    co_return Status();
}

net::Task<std::string> Errand::ask(std::string route, std::string body) {
    const Seat::Owed owed(seat_);
    const auto watch = seat_.lease.watch();  // so that no other answer counts as alone meanwhile
    Result<std::unique_ptr<net::UpstreamResponse>> answer =
        co_await detail::open_engine(seat_.engine, route, std::move(body));
    if (answer && (*answer)->status() != 200) {
        const remote::Failure refused = co_await detail::refusal_of(seat_.engine, std::move(route), **answer);
        if (!seat_.engine.is_remote() || refused.of_request) co_return without_blame(refused.error);
        co_return failed_at_remote(refused);
    }
    Result<std::string> text = std::string();
    if (answer) text = co_await net::read_all(**answer, kMaxAnswer);
    if (answer && text) {
        seat_.lease.note_answer();
        if (seat_.engine.is_remote()) visit_.desk.pool.remotes().answered(seat_.engine);
        co_return text;
    }
    const Error error = answer ? text.error() : answer.error();
    if (seat_.engine.is_remote()) co_return failed_at_remote(remote::failure_of(*seat_.engine.remote, error));
    const Status health = co_await visit_.desk.pool.after_failure(seat_);
    may_try_again_ = !health && !std::exchange(restarted_, true);
    if (!health) co_return Error(health.error());
    co_return Error(error);
}

Error Errand::failed_at_remote(const remote::Failure& failure) {
    visit_.desk.pool.remotes().failed(seat_.engine, failure);
    wish_.avoid.push_back(seat_.engine.remote->name);
    may_try_again_ = visit_.desk.pool.can_serve(wish_);
    return failure.error;
}

net::Task<void> Errand::end(Status status, Tokens prompt) {
    row_.prompt = prompt;
    row_.total_seconds = seconds_since(begun_);
    if (seated_) row_.compute_seconds = seconds_since(seated_at_);
    if (!status) {
        row_.end = seated_ ? guard::EndReason::kFailed : guard::EndReason::kRefused;
        row_.status = http_status(status.error().code());
    }
    seat_ = Seat();
    recorded_ = true;
    guard::LedgerRow row = row_;
    CO_CHECK(co_await visit_.desk.gate.record(std::move(row)));
    co_return status;
}

Timing Errand::timing() const {
    return {.load_seconds = row_.load_seconds,
            .queue_seconds = row_.queue_seconds,
            .total_seconds = seconds_since(begun_)};
}

}  // namespace hearth::serve
