#include "net/detail/connection_book.h"

#include <utility>

namespace hearth::net::detail {

ConnectionBook::Entry::Entry(ConnectionBook& book, std::function<void()> close)
    : book_(book), close_(std::move(close)), number_(++book.last_number_) {
    book_.all_.emplace(number_, this);
    waits();
}

ConnectionBook::Entry::~Entry() {
    works();
    book_.all_.erase(number_);
}

void ConnectionBook::Entry::waits() {
    works();
    waits_since_ = ++book_.last_number_;
    book_.waiting_.emplace_hint(book_.waiting_.end(), waits_since_, this);
}

void ConnectionBook::Entry::works() {
    if (const auto since = std::exchange(waits_since_, 0); since != 0) book_.waiting_.erase(since);
}

bool ConnectionBook::close_longest_waiting() {
    if (waiting_.empty()) return false;
    Entry& longest = *waiting_.begin()->second;
    longest.works();
    longest.close_();
    return true;
}

void ConnectionBook::close_all() const {
    for (const auto& [number, entry] : all_)
        entry->close_();
}

}  // namespace hearth::net::detail
