#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.h"
#include "core/units.h"
#include "guard/key.h"

namespace hearth::guard {

// What a key has had since some moment.
struct Used {
    std::int64_t requests = 0;
    Tokens tokens;  // that were computed: prompt tokens that did not come from a cache, and generated ones
    double compute_seconds = 0;
};

// What it has under way.
struct Running {
    std::int64_t requests = 0;
    Tokens predicted;  // of all of them together, as Ask::predicted
};

// What it asks for now.
struct Ask {
    Route route = Route::kChat;
    std::string_view model;  // canonical name; empty when the request is about no model
    Tokens predicted;        // at least 0: the prompt and the most that may be generated, as far as known
};

enum class Limit : std::uint8_t { kRoute, kModel, kTokens, kCompute, kParallel };

struct Refusal {
    Limit limit;
    Error error;
    std::optional<std::chrono::seconds> retry_after;  // at least 1; absent when waiting does not help
};

// Whether a key may have what it asks for; nothing when it may. Token, compute and parallel limits hold for requests that keep an
// engine busy; one that starts below its compute limit may end above it.
//
// `today` is what was used since day_start(now_ms).
// The refusal's error: kPermission for a route or model that the key is not good for; kExhausted for a limit that waiting helps
// against; kTooLarge for a request that is larger than a whole day's tokens. Threads: pure.
[[nodiscard]] std::optional<Refusal> check_quota(const KeyTerms& terms, const Used& today,
                                                 const Running& running, const Ask& ask, std::int64_t now_ms);

// The beginning (00:00 UTC) of the day of a moment, in Unix milliseconds. Pure.
[[nodiscard]] std::int64_t day_start(std::int64_t now_ms);

}  // namespace hearth::guard
