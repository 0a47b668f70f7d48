#include "capacity/memory_model.h"

#include <algorithm>

#include "capacity/work_buffer.h"
#include "model/ggml_type.h"

namespace hearth::capacity {

namespace {

using model::Architecture;
using model::LayerShape;
using model::Weight;
using model::WeightRole;

constexpr std::int64_t kCellStep = 256;  // the engine rounds the cache up to this
constexpr std::int64_t kMostTokens = std::int64_t{1} << 26U;
constexpr std::int64_t kMostSlots = 4096;
constexpr std::int64_t kBytesPerFloat = 4;

// Measured: 22 MiB for a tokenizer of 49k entries with merges, 52 MiB for 262k without, 55 MiB for 152k with.
constexpr std::int64_t kHeap = 7 * kMiB;
constexpr std::int64_t kHeapPerEntry = 180;
constexpr std::int64_t kHeapPerMerge = 150;
// Of each cell of the KV cache its position, how far it moved, and a bit for each of 256 sequences.
constexpr std::int64_t kHeapPerCell = 48;
constexpr std::int64_t kDraftTable = 16 * kMiB;  // n-gram speculation
constexpr std::int64_t kCopies = 4;              // GGML_SCHED_MAX_COPIES
constexpr std::int64_t kDriver =
    450 * kMiB;  // context, kernels and libraries of a GPU process: 300 to 600 MiB

std::int64_t bounded(std::int64_t value, std::int64_t most) {
    return std::clamp<std::int64_t>(value, 0, most);
}

std::int64_t rounded(std::int64_t cells) {
    return (bounded(cells, kMostTokens) + kCellStep - 1) / kCellStep * kCellStep;
}

bool on_gpu(const Architecture& model, int layer, const RunShape& shape) {
    const auto layers = static_cast<int>(model.layers.size());
    return layer >= layers + 1 - shape.gpu_layers;
}

// Where a layer lies, the output matrix being the one behind the last.
struct Sides {
    const Architecture& model;
    const RunShape& shape;
    MemoryParts& parts;

    void add(int layer, Bytes DeviceMemory::* part, Bytes bytes) const {
        if (!on_gpu(model, layer, shape)) {
            parts.host.*part += bytes;
            return;
        }
        parts.device.*part += bytes;
        if (!parts.devices.empty()) parts.devices[device_of(layer)].*part += bytes;
    }

private:
    [[nodiscard]] std::size_t device_of(int layer) const {
        int before = static_cast<int>(model.layers.size()) + 1 - shape.gpu_layers;
        for (std::size_t device = 0; device < shape.gpu_split.size(); ++device) {
            before += shape.gpu_split[device];
            if (layer < before) return device;
        }
        return shape.gpu_split.size() - 1;
    }
};

// One entry for each of several GPUs.
MemoryParts parts_for(const RunShape& shape) {
    MemoryParts parts;
    if (shape.gpu_split.size() > 1) parts.devices.resize(shape.gpu_split.size());
    return parts;
}

std::int64_t row_bytes(const LayerShape& layer, const RunShape& shape) {
    const auto part = [](std::int64_t values, CacheType type) {
        return (values * bytes_per_32(type) + 31) / 32;
    };
    return part(layer.kv_heads * layer.key_length, shape.keys) +
           part(layer.kv_heads * layer.value_length, shape.values);
}

struct Cells {
    std::int64_t full = 0;  // of one stream
    std::int64_t sliding = 0;
    std::int64_t streams = 1;
};

Cells cells_of(const Architecture& model, const RunShape& shape) {
    const std::int64_t slots = std::clamp<std::int64_t>(shape.slots, 1, kMostSlots);
    Cells cells;
    cells.streams = shape.unified ? 1 : slots;
    cells.full = rounded(shape.unified ? shape.cells.value : shape.cells.value / slots);
    const std::int64_t batch = step_tokens(shape);
    cells.sliding = rounded(
        std::min(cells.full, bounded(model.window, kMostTokens) * (shape.unified ? slots : 1) + batch));
    return cells;
}

void add_caches(const Architecture& model, const RunShape& shape, MemoryParts& parts) {
    const Cells cells = cells_of(model, shape);
    const std::int64_t slots = std::clamp<std::int64_t>(shape.slots, 1, kMostSlots);
    const std::int64_t state = (model.recurrent.convolution + model.recurrent.state) * kBytesPerFloat *
                               slots * (1 + bounded(shape.rollback, 64));
    std::int64_t checkpoint = 0;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const LayerShape& layer = model.layers[i];
        const auto add = [&](Bytes DeviceMemory::* part, std::int64_t bytes) {
            Sides{model, shape, parts}.add(static_cast<int>(i), part, Bytes{bytes});
        };
        if (layer.attention) {
            const std::int64_t row = row_bytes(layer, shape);
            add(&DeviceMemory::kv_cache, row * cells.streams * (layer.sliding ? cells.sliding : cells.full));
            if (layer.sliding) checkpoint += row * std::min(cells.full, model.window);
        }
        if (layer.recurrent) {
            add(&DeviceMemory::state, state);
            checkpoint += (model.recurrent.convolution + model.recurrent.state) * kBytesPerFloat;
        }
    }
    parts.checkpoints = Bytes{checkpoint * slots * bounded(shape.checkpoints, 1024)};
    parts.output = Bytes{slots * model.vocabulary * kBytesPerFloat};
    if (shape.prompt_cache.value > 0) {
        // It is checked after saving and always keeps one entry, so it may go over by one slot's state.
        const std::int64_t one =
            (parts.host.kv_cache + parts.device.kv_cache + parts.host.state + parts.device.state).value /
            slots;
        parts.prompt_cache = shape.prompt_cache + Bytes{std::min(one, shape.prompt_cache.value)};
    }
}

// Cells of all caches that the engine keeps a book of.
std::int64_t counted_cells(const Architecture& model, const Cells& cells) {
    bool full = false;
    bool sliding = false;
    for (const LayerShape& layer : model.layers) {
        full = full || (layer.attention && !layer.sliding);
        sliding = sliding || (layer.attention && layer.sliding);
    }
    return cells.streams * ((full ? cells.full : 0) + (sliding ? cells.sliding : 0));
}

void add_weight(const Architecture& model, const Weight& weight, const RunShape& shape, MemoryParts& parts) {
    const Bytes bytes{weight.bytes};
    const auto output_layer = static_cast<int>(model.layers.size());
    const Sides sides{model, shape, parts};
    const auto keep_on_host = [&](bool may_repack) {
        const bool repacked = may_repack && is_repacked(weight, shape.layout);
        const Bytes held = repacked ? repacked_bytes(weight, shape.layout) : bytes;
        parts.host.weights += held;
        if (repacked) parts.repacked += held;
    };
    switch (weight.role) {
        case WeightRole::kUnused: parts.unused_weights += bytes; return;
        case WeightRole::kEmbedding: {
            parts.host.weights += bytes;
            if (!model.tied_embeddings || weight.dimensions < 2 || weight.rows != model.vocabulary) return;
            Weight as_output = weight;
            as_output.multiplied = true;
            if (on_gpu(model, output_layer, shape)) {
                sides.add(output_layer, &DeviceMemory::weights, bytes);
                parts.duplicated += bytes;
            } else if (is_repacked(as_output, shape.layout)) {
                const Bytes held = repacked_bytes(as_output, shape.layout);
                parts.host.weights += held;
                parts.repacked += held;
                parts.duplicated += held;
            }
            return;
        }
        case WeightRole::kOutput:
            if (on_gpu(model, output_layer, shape)) {
                sides.add(output_layer, &DeviceMemory::weights, bytes);
            } else {
                keep_on_host(true);
            }
            return;
        case WeightRole::kExpert:
            if (on_gpu(model, weight.layer, shape) && weight.layer >= shape.cpu_expert_layers) {
                sides.add(weight.layer, &DeviceMemory::weights, bytes);
            } else {
                keep_on_host(true);
            }
            return;
        case WeightRole::kLayer:
            if (on_gpu(model, weight.layer, shape)) {
                sides.add(weight.layer, &DeviceMemory::weights, bytes);
            } else {
                keep_on_host(true);
            }
            return;
    }
}

// Work buffers and drivers of the GPUs that have layers.
void add_device_work(const Architecture& model, const RunShape& shape, const CacheCells& cells, Bytes work,
                     MemoryParts& parts) {
    if (parts.devices.empty()) {
        parts.device.compute = work;
        parts.device.runtime = Bytes{kDriver};
        return;
    }
    const auto used = std::ranges::count_if(shape.gpu_split, [](int layers) { return layers > 0; });
    // With all layers on several GPUs the engine works on steps in turn, and keeps what a GPU is given four times.
    const bool in_turn =
        used > 1 && shape.gpu_layers > static_cast<int>(model.layers.size()) && shape.cpu_expert_layers == 0;
    const Bytes inputs = in_turn ? given_to_device(model, shape, cells) : Bytes{0};
    for (std::size_t i = 0; i < parts.devices.size(); ++i) {
        if (shape.gpu_split[i] <= 0) continue;
        parts.devices[i].compute = work + Bytes{(kCopies - 1) * inputs.value};
        parts.devices[i].runtime = Bytes{kDriver};
        parts.device.compute += parts.devices[i].compute;
        parts.device.runtime += parts.devices[i].runtime;
    }
}

}  // namespace

std::string_view cache_type_name(CacheType type) {
    switch (type) {
        case CacheType::kF32: return "f32";
        case CacheType::kF16: return "f16";
        case CacheType::kBf16: return "bf16";
        case CacheType::kQ8_0: return "q8_0";
        case CacheType::kQ5_1: return "q5_1";
        case CacheType::kQ5_0: return "q5_0";
        case CacheType::kQ4_1: return "q4_1";
        case CacheType::kQ4_0: return "q4_0";
        case CacheType::kIq4Nl: return "iq4_nl";
    }
    return "f16";
}

std::optional<CacheType> parse_cache_type(std::string_view name) {
    for (const CacheType type : kCacheTypes)
        if (cache_type_name(type) == name) return type;
    return std::nullopt;
}

std::int64_t bytes_per_32(CacheType type) {
    switch (type) {
        case CacheType::kF32: return 128;
        case CacheType::kF16:
        case CacheType::kBf16: return 64;
        case CacheType::kQ8_0: return 34;
        case CacheType::kQ5_1: return 24;
        case CacheType::kQ5_0: return 22;
        case CacheType::kQ4_1: return 20;
        case CacheType::kQ4_0:
        case CacheType::kIq4Nl: return 18;
    }
    return 64;
}

WeightLayout weight_layout(const CpuFacts& cpu) {
    const auto has = [&](std::string_view flag) {
        return std::find(cpu.flags.begin(), cpu.flags.end(), flag) != cpu.flags.end();
    };
    if (has("amx_int8") && has("avx512f")) return WeightLayout::kAmx;
    if (has("avx512f") && has("avx512bw")) return WeightLayout::kAvx512;
    if (has("avx2")) return WeightLayout::kAvx2;
    if (has("asimddp")) return WeightLayout::kNeon;
    return WeightLayout::kAsStored;
}

bool is_repacked(const Weight& weight, WeightLayout layout) {
    if (!weight.multiplied || layout == WeightLayout::kAsStored) return false;
    const auto type = model::ggml_type(weight.type);
    if (!type) return false;
    const bool expert = weight.role == WeightRole::kExpert;
    if (weight.dimensions != (expert ? 3 : 2)) return false;
    const auto any_of = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), type->name) != names.end();
    };
    if (layout == WeightLayout::kAmx && !expert && weight.rows % 32 == 0) {
        if (any_of({"Q4_0", "Q4_1", "Q8_0"}) && weight.row_length % 32 == 0) return true;
        if (any_of({"Q4_K", "Q5_K", "Q6_K", "IQ4_XS"}) && weight.row_length % 256 == 0) return true;
        if (any_of({"F16"}) && weight.row_length % 16 == 0) return true;
    }
    if (layout == WeightLayout::kNeon) {
        if (any_of({"Q4_K", "Q5_K", "Q6_K"})) return weight.rows % 8 == 0;
        return any_of({"Q4_0", "IQ4_NL", "MXFP4", "Q8_0"}) && weight.rows % 4 == 0;
    }
    if (weight.rows % 8 != 0) return false;
    if (any_of({"Q4_0", "Q4_K", "IQ4_NL", "MXFP4"})) return true;
    return layout != WeightLayout::kAvx2 && any_of({"Q2_K"});
}

Bytes repacked_bytes(const Weight& weight, WeightLayout layout) {
    const auto type = model::ggml_type(weight.type);
    const bool tiles = type && type->bytes > 0 && weight.role != WeightRole::kExpert && weight.rows % 32 == 0;
    if (layout != WeightLayout::kAmx || !tiles) return Bytes{weight.bytes};
    const bool four = type->name == "Q8_0" || type->name == "Q4_K" || type->name == "Q5_K";
    const std::int64_t more = four ? 4 : type->name == "IQ4_XS" ? 2 : 0;
    return Bytes{weight.bytes + weight.bytes / type->bytes * more};
}

MemoryParts context_memory(const Architecture& model, const RunShape& shape) {
    MemoryParts parts = parts_for(shape);
    add_caches(model, shape, parts);
    const Cells cells = cells_of(model, shape);
    const CacheCells seen{.full = cells.full, .sliding = cells.sliding};
    const Bytes work = work_buffer(model, shape, seen);
    parts.host.runtime =
        Bytes{kHeap + kHeapPerEntry * model.tokenizer_entries + kHeapPerMerge * model.tokenizer_merges +
              kHeapPerCell * counted_cells(model, cells) +
              (shape.edit_speculation && shape.draft_table ? kDraftTable : 0)};
    if (shape.gpu_layers <= 0) {
        parts.host.compute = work;
    } else {
        add_device_work(model, shape, seen, work, parts);
        parts.host.compute = Bytes{work.value / 4};  // inputs and the embedding step, in pinned memory
    }
    return parts;
}

MemoryParts memory_of(const Architecture& model, const RunShape& shape) {
    MemoryParts parts = context_memory(model, shape);
    for (const Weight& weight : model.weights)
        add_weight(model, weight, shape, parts);
    return parts;
}

Bytes kv_bytes_per_token(const Architecture& model, CacheType keys, CacheType values) {
    RunShape shape;
    shape.keys = keys;
    shape.values = values;
    std::int64_t bytes = 0;
    for (const LayerShape& layer : model.layers)
        if (layer.attention && !layer.sliding) bytes += row_bytes(layer, shape);
    return Bytes{bytes};
}

std::optional<Tokens> largest_pool(const Architecture& model, RunShape shape, Bytes budget, Tokens smallest) {
    RunShape none = shape;
    none.cells = Tokens{0};
    const Bytes fixed = memory_of(model, none).total() - context_memory(model, none).total();
    const auto fits = [&](std::int64_t cells) {
        shape.cells = Tokens{cells};
        return fixed + context_memory(model, shape).total() <= budget;
    };
    std::int64_t low = rounded(smallest.value) / kCellStep;
    std::int64_t high = std::max(low, rounded(shape.cells.value) / kCellStep);
    if (!fits(low * kCellStep)) return std::nullopt;
    while (low < high) {  // invariant: low fits
        const std::int64_t middle = low + (high - low + 1) / 2;
        if (fits(middle * kCellStep)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return Tokens{low * kCellStep};
}

Bytes usable_memory(Bytes total, Bytes available) {
    const Bytes reserve{std::max<std::int64_t>(512 * kMiB, total.value / 20)};
    return std::max(Bytes{0}, available - reserve);
}

}  // namespace hearth::capacity
