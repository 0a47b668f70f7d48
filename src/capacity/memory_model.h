#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "capacity/machine.h"
#include "core/units.h"
#include "model/architecture.h"

namespace hearth::capacity {

// How one value of the KV cache is stored.
enum class CacheType : std::uint8_t { kF32, kF16, kBf16, kQ8_0, kQ5_1, kQ5_0, kQ4_1, kQ4_0, kIq4Nl };

inline constexpr std::array kCacheTypes = {CacheType::kF32,  CacheType::kF16,  CacheType::kBf16,
                                           CacheType::kQ8_0, CacheType::kQ5_1, CacheType::kQ5_0,
                                           CacheType::kQ4_1, CacheType::kQ4_0, CacheType::kIq4Nl};

// "q8_0", as the engine's flags have it.
[[nodiscard]] std::string_view cache_type_name(CacheType type);
[[nodiscard]] std::optional<CacheType> parse_cache_type(std::string_view name);
[[nodiscard]] std::int64_t bytes_per_32(CacheType type);  // values

// How the engine's CPU back end lays out weights it multiplies with: those it knows a better layout for are copied
// into memory of their own, and the mapped pages of the file are then no longer needed.
enum class WeightLayout : std::uint8_t { kAsStored, kAvx2, kAvx512, kAmx, kNeon };

[[nodiscard]] WeightLayout weight_layout(const CpuFacts& cpu);

// Whether this layout copies a weight. Pure.
[[nodiscard]] bool is_repacked(const model::Weight& weight, WeightLayout layout);

// What a weight that is repacked takes then. AMX tiles carry sums beside each block: 4 bytes for Q8_0, Q4_K and Q5_K, 2 for IQ4_XS
// (llama.cpp 0.5.0, ggml-cpu/amx).
[[nodiscard]] Bytes repacked_bytes(const model::Weight& weight, WeightLayout layout);

// The most tokens that n-gram speculation proposes at once for one slot. Longer ones cost more steps when they are wrong than they save on a CPU, where
// checking a token is only a few times cheaper than generating one.
inline constexpr int kLongestDraft = 24;

// How a model is run: the settings that decide its memory.
struct RunShape {
    Tokens cells{8192};   // of the KV cache, all slots together
    bool unified = true;  // slots share the cells; else each has its part
    int slots = 1;
    int batch = 128;  // tokens of one prefill step
    CacheType keys = CacheType::kF16;
    CacheType values = CacheType::kF16;
    bool flash_attention = true;
    int gpu_layers = 0;  // counted from the output matrix, which comes first, backwards
    std::vector<int> gpu_split =
        {};  // of those, for each of several GPUs, in the engine's order; empty: there is one
    int cpu_expert_layers = 0;  // of those on the GPU, layers from the front whose experts stay in RAM
    int rollback = 0;           // earlier states kept for drafts that may be rejected
    bool edit_speculation = false;
    int longest_draft = kLongestDraft;  // tokens that speculation proposes at once for one slot
    bool draft_table = true;            // it keeps a table of what was seen
    WeightLayout layout = WeightLayout::kAvx2;
    Bytes prompt_cache{0};  // RAM the engine may use for prompts that left the KV cache
    int checkpoints = 0;    // of one slot, for models that cannot go back in their cache
};

struct DeviceMemory {
    Bytes weights{0};
    Bytes kv_cache{0};
    Bytes state{0};    // of recurrent layers
    Bytes compute{0};  // work buffers of one step
    Bytes runtime{0};  // what the driver, the tokenizer and the heap take

    [[nodiscard]] Bytes total() const { return weights + kv_cache + state + compute + runtime; }
};

// What a run takes, by part.
struct MemoryParts {
    DeviceMemory host;
    DeviceMemory device;                     // all zero without layers on a GPU; the sum of several
    std::vector<DeviceMemory> devices = {};  // each of several GPUs; empty: there is one
    Bytes repacked{0};      // of the host's weights: held in the CPU's own layout, beside the file
    Bytes duplicated{0};    // of all weights: a tied embedding that is held twice
    Bytes output{0};        // logits of one token a slot
    Bytes prompt_cache{0};  // with the one state it may hold over its limit
    Bytes checkpoints{0};
    Bytes unused_weights{0};  // in the file, not loaded

    [[nodiscard]] Bytes host_total() const { return host.total() + output + prompt_cache + checkpoints; }

    [[nodiscard]] Bytes total() const { return host_total() + device.total(); }
};

// What an engine child will take.
//
// Source: the engine's own allocations; each formula and the check against the engine is in docs/capacity.md. Weights, KV
// cache, state and output rows are exact; work buffers are within 1 % for the architectures of the test.
// Threads: pure. Cost: one pass over the weights. Never overflows for what read_architecture() gives.
[[nodiscard]] MemoryParts memory_of(const model::Architecture& model, const RunShape& shape);

// The parts that depend on the context, without the weights: microseconds, for searching.
[[nodiscard]] MemoryParts context_memory(const model::Architecture& model, const RunShape& shape);

// Bytes that one more token of context adds to the KV cache, once sliding windows are full. Pure.
[[nodiscard]] Bytes kv_bytes_per_token(const model::Architecture& model, CacheType keys, CacheType values);

// The largest cache in steps of 256 cells, at most `shape.cells`, whose run stays within `budget`; nothing when
// not even `smallest` fits. Pure.
[[nodiscard]] std::optional<Tokens> largest_pool(const model::Architecture& model, RunShape shape,
                                                 Bytes budget, Tokens smallest);

// What may be taken of available memory: all but the larger of 512 MiB and 5 % of the total, which the rest of the
// machine keeps. Pure.
[[nodiscard]] Bytes usable_memory(Bytes total, Bytes available);

}  // namespace hearth::capacity
