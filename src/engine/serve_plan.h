#pragma once
#include <string>

#include "capacity/memory_model.h"
#include "core/result.h"
#include "core/units.h"
#include "engine/flags.h"
#include "engine/supervisor.h"
#include "model/architecture.h"

namespace hearth::engine {

// What a model will be given: the options with every gap filled and cut to the memory there is.
struct ServePlan {
    Tokens slot_context{0};
    Tokens pool{0};
    int slots = 1;
    int batch = 128;
    std::string pooling;  // of embeddings, where the model has none of its own
    bool edit_speculation = false;
    Speculation speculation;  // where it is on
    capacity::CacheType cache = capacity::CacheType::kF16;
    int prompt_cache_mib = 0;
    Bytes prompt_cache{0};  // with what it may hold over its limit
    Bytes memory{0};        // all of it
    capacity::RunShape shape;
    capacity::MemoryParts parts;  // of `memory`; without what vectors of causal models take beside it
};

// The plan for one model within `budget` bytes. A window longer than the model was trained for is cut to that. When the
// memory is short, first the prompt cache goes, then slots share fewer cells; the window asked for stays. For embeddings and ranking a
// step takes a whole window, which of a model that can write text is at most 2048 tokens: the engine holds logits for each, twice.
// Errors: kExhausted when the window does not fit for one slot: what it needs, what there is, and the longest window that would fit.
// Pure.
[[nodiscard]] Result<ServePlan> plan_serving(const model::Architecture& model, const ServeOptions& options,
                                             capacity::WeightLayout layout, Bytes budget);

// Tokens of one step: as long as another stream may wait, and enough that the drafts of all slots fit into one step,
// which the engine requires. Pure.
[[nodiscard]] int batch_for(int slots, bool edit_speculation, int longest = longest_draft());

}  // namespace hearth::engine
