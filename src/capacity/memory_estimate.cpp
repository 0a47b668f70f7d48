#include "capacity/memory_estimate.h"

#include <algorithm>
#include <cstdint>

namespace hearth::capacity {

namespace {

constexpr std::int64_t kCellStep = 256;     // the engine rounds the cache up to this
constexpr std::int64_t kBytesPerValue = 2;  // f16
constexpr std::int64_t kBytesPerFloat = 4;
// Rows of a work buffer: three of the feed-forward width, at most six embeddings each, and four embeddings.
constexpr std::int64_t kWidths = 22;

// Limits that keep the products below inside 63 bits for any header; no real model comes near them.
constexpr std::int64_t kMostLayers = 4096;
constexpr std::int64_t kMostWidth = std::int64_t{1} << 20U;
constexpr std::int64_t kMostTokens = std::int64_t{1} << 26U;

std::int64_t bounded(std::int64_t value, std::int64_t most) {
    return std::clamp<std::int64_t>(value, 0, most);
}

std::int64_t rounded_pool(Tokens pool) {
    const std::int64_t cells = bounded(pool.value, kMostTokens);
    return (cells + kCellStep - 1) / kCellStep * kCellStep;
}

std::int64_t bytes_per_cell(const model::ModelFacts& model) {
    const std::int64_t row = bounded(model.kv_heads, 4096) *
                             (bounded(model.key_length, 65'536) + bounded(model.value_length, 65'536));
    return bounded(model.layers, kMostLayers) * std::min(row, kMostWidth) * kBytesPerValue;
}

}  // namespace

Bytes MemoryEstimate::total() const { return weights + kv_cache + compute + overhead + prompt_cache; }

MemoryEstimate estimate_memory(const model::ModelFacts& model, const ServeShape& shape) {
    MemoryEstimate estimate;
    estimate.weights = model.file_size;
    const std::int64_t cells = rounded_pool(shape.pool);
    estimate.kv_cache = Bytes{cells * bytes_per_cell(model)};
    // batch · (4 bytes · (3 · feed-forward + 4 · embedding) + 2 bytes of mask · cells)
    const std::int64_t width = bounded(model.embedding, kMostWidth);
    const std::int64_t batch = bounded(shape.batch, 65'536);
    estimate.compute = Bytes{batch * (kBytesPerFloat * (kWidths * width) + 2 * cells)};
    // Tokenizer and heap were 22 to 55 MiB, the n-gram pool is 16 MiB, a row of logits up to 1 MiB a slot.
    estimate.overhead = Bytes{(80 + bounded(shape.slots, 4096)) * kMiB};
    estimate.prompt_cache = shape.prompt_cache;
    return estimate;
}

std::optional<Tokens> largest_pool(const model::ModelFacts& model, ServeShape shape, Bytes budget,
                                   Tokens smallest) {
    const auto fits = [&](std::int64_t cells) {
        shape.pool = Tokens{cells};
        return estimate_memory(model, shape).total() <= budget;
    };
    std::int64_t low = rounded_pool(smallest) / kCellStep;
    std::int64_t high = std::max(low, rounded_pool(shape.pool) / kCellStep);
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
