#pragma once
#include <cstdint>

#include "core/units.h"
#include "model/architecture.h"

namespace hearth::capacity {

struct RunShape;

// Cells one step may look at.
struct CacheCells {
    std::int64_t full = 0;
    std::int64_t sliding = 0;
};

// Tokens of one step, as the engine cuts them. Pure.
[[nodiscard]] std::int64_t step_tokens(const RunShape& shape);

// Work memory the engine reserves for its largest step: the tensors that are alive together in the widest moment of a layer, or at the end, where
// drafts are checked and all their logits are made.
//
// Source: the engine's graphs and its allocator, which reuses what no later operation reads. Within 1 % for the
// architectures of the integration test; others are taken for the nearest of these. The end was compared for three models, 1 to 16 slots and two
// cache types: within 0.3 % but for two of 63 settings, both with 2 slots, where a hole is left (2.5 and 6.4 % too little). Threads: pure.
[[nodiscard]] Bytes work_buffer(const model::Architecture& model, const RunShape& shape,
                                const CacheCells& cells);

// What a GPU is given for one step by the host or the GPU before it: the state of each token and the masks. Pure.
[[nodiscard]] Bytes given_to_device(const model::Architecture& model, const RunShape& shape,
                                    const CacheCells& cells);

}  // namespace hearth::capacity
