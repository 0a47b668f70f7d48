#pragma once
#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "chat/provider.h"
#include "core/result.h"
#include "tune/lab.h"

namespace hearth::tune {

// Pauses of an answer below this are not noticed by who reads it, and count as this.
inline constexpr double kUnnoticedPause = 0.25;

// A way to the running model, for one who asks. For two users there are two.
using ProviderMaker = std::function<std::unique_ptr<chat::Provider>()>;

// Runs one workload. The value is of the engine's own clock but for two users, where it is what the reader waits for.
// Errors: those of the provider.
[[nodiscard]] Result<Sample> measure(const ProviderMaker& provider, Workload workload, std::uint64_t seed,
                                     const std::stop_token& stop);

// The longest time without a new piece between `begin` and `end`, all seconds on one clock; `pieces` in order. Pure.
[[nodiscard]] double longest_pause(std::span<const double> pieces, double begin, double end);

}  // namespace hearth::tune
