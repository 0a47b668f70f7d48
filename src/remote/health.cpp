#include "remote/health.h"

#include <algorithm>

namespace hearth::remote {
namespace {

constexpr std::chrono::seconds kWhileOwing{5};
constexpr std::chrono::seconds kWhileUsed{15};
constexpr std::chrono::seconds kUsedLately{60};
constexpr std::chrono::seconds kLongestPause{60};
constexpr std::chrono::seconds kFreshEnough{1};

}  // namespace

void Health::succeeded(Time now) {
    failures_ = 0;
    wants_pause_ = false;
    error_.reset();
    asked_ = now;
}

void Health::failed(Time now, Error error, std::optional<Seconds> retry_after) {
    constexpr int kDoublings = 6;
    error_ = std::move(error);
    asked_ = now;
    // Many requests that break at the same moment are one failure.
    const bool same = failures_ > 0 && now < not_before_;
    if (same && !retry_after) return;
    const Seconds pause = std::min(Seconds(1LL << std::min(failures_, kDoublings)), kLongestPause);
    if (!same) ++failures_;
    wants_pause_ = retry_after.has_value();
    not_before_ = now + retry_after.value_or(pause);
}

bool Health::is_due(Time now, bool owing, Time last_used) const {
    if (!asked_) return true;
    if (failures_ > 0) return now >= not_before_;
    if (owing) return now - *asked_ >= kWhileOwing;
    return now - last_used < kUsedLately && now - *asked_ >= kWhileUsed;
}

bool Health::may_have_recovered(Time now) const {
    return failures_ > 0 && !wants_pause_ && (failures_ == 1 || now - *asked_ >= kFreshEnough);
}

}  // namespace hearth::remote
