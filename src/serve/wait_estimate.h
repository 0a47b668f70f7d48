#pragma once
#include <optional>
#include <string>
#include <vector>

#include "serve/activity.h"

namespace hearth::serve {

// How fast one model serves here: seconds that a request keeps its seat for each token that was predicted for it. Predictions are
// high (few answers are as long as they may be), and the ratio takes that into account. Recent requests count more: each one
// weighs 15 % less than the next. Threads: a plain value.
class Pace {
public:
    void add(double predicted_tokens, double seconds);

    // For work of that size; nothing before a first request has ended.
    [[nodiscard]] std::optional<double> seconds_for(double predicted_tokens) const;

private:
    double tokens_ = 0;
    double seconds_ = 0;
};

// Seconds until a request gets a seat: `left` are those that the running ones still need (one a seat that is taken), `ahead` what those
// need that go before it, in their order. Pure.
[[nodiscard]] double seconds_until_seat(std::vector<double> left, int seats,
                                        const std::vector<double>& ahead);

// "waiting, 3rd in line, about 12 s"; "the model is loading". Long estimates are rounded. Pure.
[[nodiscard]] std::string place_words(const QueuePlace& place);

// The value of the header X-Hearth-Queue, a dictionary of RFC 8941: "position=3, seconds=12", the second only when known. Pure.
[[nodiscard]] std::string place_header(const QueuePlace& place);

}  // namespace hearth::serve
