#pragma once
#include <optional>

#include "core/units.h"
#include "model/gguf.h"

namespace hearth::capacity {

// How a model will be held: the sizes that decide its memory.
struct ServeShape {
    Tokens pool{8192};  // cells of the KV cache, shared by all slots
    int slots = 1;
    int batch = 128;        // tokens of one prefill step
    Bytes prompt_cache{0};  // RAM the engine may use for prompts that left the KV cache
};

struct MemoryEstimate {
    Bytes weights{0};
    Bytes kv_cache{0};
    Bytes compute{0};   // work buffers of one step
    Bytes overhead{0};  // tokenizer, heap, output rows
    Bytes prompt_cache{0};

    [[nodiscard]] Bytes total() const;
};

// What an engine child will take on a CPU.
//
// Source: the engine's buffer sizes. Weights are counted once: a repacked copy lets the mapped pages go. The KV
// cache is f16 over every layer, so a model with sliding windows takes less. The work buffer follows the usual ratio of
// feed-forward to embedding width, which the header facts do not carry, and is therefore rounded up.
// Threads: pure.
[[nodiscard]] MemoryEstimate estimate_memory(const model::ModelFacts& model, const ServeShape& shape);

// The largest pool in steps of 256 cells, at most `shape.pool`, whose estimate stays within `budget`; nothing when
// not even `smallest` fits. Pure.
[[nodiscard]] std::optional<Tokens> largest_pool(const model::ModelFacts& model, ServeShape shape,
                                                 Bytes budget, Tokens smallest);

// What may be taken of available memory: all but the larger of 512 MiB and 5 % of the total, which the rest of the
// machine keeps. Pure.
[[nodiscard]] Bytes usable_memory(Bytes total, Bytes available);

}  // namespace hearth::capacity
