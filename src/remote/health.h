#pragma once
#include <algorithm>
#include <chrono>
#include <optional>

#include "core/result.h"

namespace hearth::remote {

// Whether a remote may be given requests, and when it is to be asked how it is. Times are of a steady clock, handed in. Pure.
//
// It is trusted until something fails. After a failure it gets nothing until it has answered a question for its models; those come 1,
// 2, 4 … 60 s after the failure, or as late as the remote itself wants (Retry-After). While somebody waits for its bytes it is asked
// every 5 s, and while it is used every 15 s, so that one that does not answer any more is found.
class Health {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Seconds = std::chrono::seconds;

    void succeeded(Time now);

    // `retry_after`: it is there and wants no requests for so long.
    void failed(Time now, Error error, std::optional<Seconds> retry_after = {});

    [[nodiscard]] bool good() const { return failures_ == 0; }

    [[nodiscard]] bool asked_before() const { return asked_.has_value(); }

    // Why it gets no requests; none while it is good.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    [[nodiscard]] bool is_due(Time now, bool owing, Time last_used) const;

    // Whether asking at once, for somebody who has no other server, may bring something new.
    [[nodiscard]] bool may_have_recovered(Time now) const;

    // Until when the remote is left alone.
    [[nodiscard]] Time next(Time now) const { return std::max(now, not_before_); }

    // When it was last heard of, either way.
    [[nodiscard]] std::optional<Time> heard() const { return asked_; }

private:
    int failures_ = 0;  // in a row
    bool wants_pause_ = false;
    std::optional<Error> error_;
    std::optional<Time> asked_;
    Time not_before_;
};

}  // namespace hearth::remote
