#pragma once
#include <cstdint>
#include <memory>

#include "chat/provider.h"

namespace hearth::chat {

// Gives each request that has no sampling seed one of its own, all of them from `seed`: what a run draws then depends on the
// seed and on what it asks, in order. A server draws the candidates of a request from its seed and those just above
// it, so the seeds of two requests are kCandidateSeeds apart; they are below 2^31, which every server takes.
// Greedy answers (temperature 0) stay as they are.
// Threads: as the provider that it hands on to.
[[nodiscard]] std::unique_ptr<Provider> make_seeded_provider(std::unique_ptr<Provider> provider,
                                                             std::int64_t seed);

inline constexpr std::int64_t kCandidateSeeds = 16;

}  // namespace hearth::chat
