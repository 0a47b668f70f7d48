#include "net/detail/body_budget.h"

#include <algorithm>
#include <utility>

namespace hearth::net::detail {

BodyBudget::Share::Share(BodyBudget& budget, std::function<void()> on_give_way)
    : budget_(budget), on_give_way_(std::move(on_give_way)) {}

BodyBudget::Share::~Share() {
    arrived();
    budget_.used_ -= bytes_;
}

bool BodyBudget::Share::grow_to(std::size_t bytes) {
    if (gave_way_) return false;
    budget_.arriving_.insert(this);
    budget_.used_ += bytes - bytes_;
    bytes_ = bytes;
    while (budget_.used_ > budget_.most_) {
        const auto longest = std::ranges::max_element(budget_.arriving_, {}, &Share::bytes_);
        Share& chosen = **longest;
        chosen.give_way();
        if (&chosen == this) return false;
        chosen.on_give_way_();
    }
    return true;
}

void BodyBudget::Share::arrived() { budget_.arriving_.erase(this); }

void BodyBudget::Share::give_way() {
    gave_way_ = true;
    arrived();
    budget_.used_ -= std::exchange(bytes_, 0);
}

}  // namespace hearth::net::detail
