#pragma once
#include <optional>
#include <string>
#include <vector>

#include "capacity/memory_model.h"
#include "capacity/profile.h"
#include "core/units.h"
#include "model/architecture.h"

namespace hearth::capacity {

// What a person asks for; what is left open is chosen.
struct Wish {
    std::optional<Tokens> context;  // of each slot
    int slots = 1;
    std::optional<CacheType> cache;
    std::optional<int> batch;
    std::optional<int> gpu_layers;
    std::optional<int> cpu_expert_layers;
    std::optional<Bytes> prompt_cache;
    bool edit_speculation = true;
};

// One setting that was looked at beside the chosen one.
struct ContextChoice {
    Tokens context{0};
    CacheType cache = CacheType::kF16;
    Bytes memory{0};
    bool fits = false;
};

// A decision and its reason, in words.
struct Reason {
    std::string setting;  // "KV cache"
    std::string value;    // "q8_0"
    std::string why;
};

// How fast it will be with so many tokens in the cache.
struct SpeedAt {
    Tokens depth{0};
    Range decode;   // one stream, tokens a second
    Range prefill;  // of the next 512 tokens
};

struct Plan {
    RunShape shape;
    Tokens slot_context{0};
    int threads = 1;
    MemoryParts memory;
    Bytes host_limit{0};  // what may be taken, the machine's reserve kept back
    Bytes device_limit{
        0};  // likewise; 0 without a GPU, or when its memory is the machine's; the sum of several
    std::vector<Bytes> device_limits = {};  // of each of several GPUs
    bool fits = false;
    std::vector<SpeedAt>
        speeds;       // at the start, at 4k, 16k and the end of the context; empty where nothing is known
    Range all_slots;  // decode of all slots together, each at a quarter of its context
    std::string speed_basis;  // "measured here"
    // Answers of this machine that corrected the speeds (capacity/correction.h), and what they were without these.
    std::int64_t decode_samples = 0;
    std::int64_t prefill_samples = 0;
    std::vector<SpeedAt> uncorrected;    // empty where nothing was corrected
    std::vector<ContextChoice> choices;  // by context, then by cache type
    std::vector<Reason> reasons;
    std::vector<std::string> traps;  // what people get wrong about this model or machine
};

// The settings for a model on a machine: what was wished, and for the rest the largest and fastest that fits. Concessions
// in this order: the prompt cache, the step (down to 128 tokens), experts and then layers to the CPU, the context where it was
// left open, the type of the KV cache where it was left open. When nothing fits, the plan says what the smallest would take.
// Several GPUs with memory of their own split the layers (layer_split.h); they are never made to compute one layer together.
// Threads: pure. Cost: below a millisecond for most models.
[[nodiscard]] Plan make_plan(const model::Architecture& model, const MachineProfile& machine,
                             const Wish& wish);

// Whether these parts fit on this machine. Pure.
[[nodiscard]] bool fits_on(const MemoryParts& parts, const MachineProfile& machine);

}  // namespace hearth::capacity
