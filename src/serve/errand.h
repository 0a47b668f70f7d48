#pragma once
#include <chrono>
#include <string>

#include "guard/ledger.h"
#include "net/task.h"
#include "serve/gate.h"
#include "serve/model_pool.h"
#include "serve/reply_encoder.h"
#include "serve/visit.h"

namespace hearth::serve {

// What a request that is answered as a whole asks of an engine: in by the gate and the pool, any number of questions, then one row in the
// ledger. One that is ended from outside, because its client is gone, leaves its row too. Threads: the loop's.
class Errand {
public:
    // `dialect` as in the ledger.
    Errand(const Visit& visit, std::string dialect, guard::Route route);
    ~Errand();
    Errand(const Errand&) = delete;
    Errand& operator=(const Errand&) = delete;

    // Waits for a model by any name that the store knows, and a slot of it. The wish's key and weight are set here. Errors: as those of the
    // pool's find() and enter(), and of the gate.
    [[nodiscard]] net::Task<void> enter(std::string model, SeatWish wish);

    // The engine's answer; `route` as in serve/detail/engine_call.h. Errors: as net::open_upstream and net::read_all; what the engine said;
    // kInvalidInput for an input that is longer than one of its steps and for tokens that the model does not have. When the engine died, in
    // words.
    [[nodiscard]] net::Task<std::string> ask(std::string route, std::string body);

    // Gives the seat back and writes the row: a success, or the error that ended it. An error is passed on.
    [[nodiscard]] net::Task<void> end(Status status, Tokens prompt);

    // The last ask() failed because the engine died, or was a remote that failed: enter() again gives another one.
    [[nodiscard]] bool may_try_again() const { return may_try_again_; }

    // Who answers, after enter().
    [[nodiscard]] const Engine& engine() const { return seat_.engine; }

    [[nodiscard]] Timing timing() const;

private:
    // Notes it; the error is for the client, when nobody else can answer.
    Error failed_at_remote(const remote::Failure& failure);

    const Visit& visit_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point seated_at_ = begun_;
    guard::LedgerRow& row_;  // the activity's
    bool recorded_ = false;
    Gate::Pass pass_;
    Seat seat_;
    bool seated_ = false;
    SeatWish wish_;
    bool may_try_again_ = false;
    bool restarted_ = false;  // a child that died was asked once more
};

}  // namespace hearth::serve
