#include "capacity/work_buffer.h"

#include <algorithm>

#include "capacity/memory_model.h"

namespace hearth::capacity {

namespace {

using model::Architecture;
using model::LayerShape;

constexpr std::int64_t kBytesPerFloat = 4;
constexpr std::int64_t kMostBatch = 65'536;

// Floats a token needs in the widest moment of a layer's feed-forward part.
std::int64_t feed_forward_width(const LayerShape& layer, std::int64_t embedding) {
    const std::int64_t dense = 3 * layer.feed_forward + 4 * embedding;
    if (layer.experts == 0) return dense;
    const std::int64_t shared = layer.shared_expert_feed_forward > 0 ? 2 : 6;
    return std::max(layer.feed_forward > 0 ? dense : 0,
                    2 * layer.experts_used * embedding + shared * embedding);
}

}  // namespace

std::int64_t step_tokens(const RunShape& shape) {
    return std::clamp<std::int64_t>(
        std::min<std::int64_t>(shape.batch, std::max<std::int64_t>(256, shape.cells.value)), 1, kMostBatch);
}

Bytes work_buffer(const Architecture& model, const RunShape& shape, const CacheCells& cells) {
    std::int64_t widest = 0;
    bool full = false;
    bool sliding = false;
    std::int64_t heads = 0;
    for (const LayerShape& layer : model.layers) {
        widest = std::max(widest, feed_forward_width(layer, model.embedding));
        full = full || (layer.attention && !layer.sliding);
        sliding = sliding || (layer.attention && layer.sliding);
        heads = std::max(heads, layer.heads);
    }
    const std::int64_t batch = step_tokens(shape);
    std::int64_t mask = (full ? 2 * cells.full : 0) + (sliding ? 2 * cells.sliding : 0);
    if (!shape.flash_attention)
        mask = std::max(cells.full, cells.sliding) * (4 * std::min<std::int64_t>(heads, 4096) + 4);
    return Bytes{batch * (kBytesPerFloat * widest + mask)};
}

}  // namespace hearth::capacity
