#include <utility>

#include "serve/model_pool.h"

namespace hearth::serve {

Seat::Seat(Seat&& other) noexcept
    : engine(std::move(other.engine)),
      lease(std::move(other.lease)),
      queue_seconds(other.queue_seconds),
      load_seconds(other.load_seconds),
      pool_(std::exchange(other.pool_, nullptr)),
      id_(other.id_),
      stops_(other.stops_) {}

Seat& Seat::operator=(Seat&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    engine = std::move(other.engine);
    lease = std::move(other.lease);
    queue_seconds = other.queue_seconds;
    load_seconds = other.load_seconds;
    pool_ = std::exchange(other.pool_, nullptr);
    id_ = other.id_;
    stops_ = other.stops_;
    return *this;
}

Seat::~Seat() { give_back(); }

void Seat::give_back() {
    if (ModelPool* pool = std::exchange(pool_, nullptr)) {
        lease.hold.reset();
        pool->leave(lease.model, id_);
    }
}

Seat::Owed::Owed(const Seat& seat)
    : pool_(seat.pool_), engine_(seat.lease.model), remote_(kChild), hangup_(seat.engine.hangup) {
    if (seat.engine.is_remote()) remote_ = seat.engine.remote->name;
    change(1);
}

Seat::Owed::~Owed() { change(-1); }

void Seat::Owed::change(int by) {
    if (pool_ == nullptr) return;
    if (remote_ == kChild)
        pool_->owe(engine_, by);
    else
        pool_->remotes().owe(remote_, hangup_, by);
}

}  // namespace hearth::serve
