#include "serve/errand.h"

#include <utility>

#include "chat/openai_error.h"
#include "net/upstream.h"
#include "serve/detail/clock.h"
#include "serve/detail/engine_call.h"

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
    died_ = false;
    visit_.activity.asked_model = name;
    CO_TRY(wish.model, co_await visit_.desk.pool.find(std::move(name)));
    row_.model = wish.model.name;
    const Tokens predicted{static_cast<std::int64_t>(wish.waiting.tokens)};
    const guard::Route route = row_.route;
    std::string model = wish.model.name;
    CO_TRY(pass_, co_await visit_.desk.gate.allow(visit_.caller, route, std::move(model), predicted));
    wish.waiting.key = visit_.caller.share;
    wish.waiting.weight = static_cast<double>(visit_.caller.terms.weight);
    CO_TRY(seat_, co_await visit_.desk.pool.enter(std::move(wish)));
    seated_ = true;
    seated_at_ = Clock::now();
    row_.queue_seconds = seat_.queue_seconds;
    row_.load_seconds = seat_.load_seconds;
    co_return Status();
}

net::Task<std::string> Errand::ask(std::string target, std::string body) {
    net::HttpRequest request = detail::json_post(std::move(target), std::move(body));
    const Seat::Owed owed(seat_);
    Result<std::unique_ptr<net::UpstreamResponse>> answer =
        co_await net::open_upstream(seat_.lease.address, std::move(request));
    Result<std::string> text = std::string();
    if (answer) text = co_await net::read_all(**answer, kMaxAnswer);
    if (!answer || !text) {
        const Status health = co_await visit_.desk.pool.after_failure(seat_);
        died_ = !health;
        if (died_) co_return Error(health.error());
        co_return Error(answer ? text.error() : answer.error());
    }
    if ((*answer)->status() != 200)
        co_return without_blame(chat::openai_error_body(*text, (*answer)->status()));
    co_return text;
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
