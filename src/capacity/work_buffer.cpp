#include "capacity/work_buffer.h"

#include <algorithm>

#include "capacity/memory_model.h"

namespace hearth::capacity {

namespace {

using model::Architecture;
using model::LayerShape;

constexpr std::int64_t kBytesPerFloat = 4;
constexpr std::int64_t kBytesPerInput = 20;     // a token's number, position and place in the cache
constexpr std::int64_t kRotations = 80 * kKiB;  // of a quantized cache
constexpr std::int64_t kMostBatch = 65'536;
constexpr std::int64_t kMostHeads = 4096;

std::int64_t attention_width(const LayerShape& layer) {
    if (layer.value_width > 0) return layer.value_width;
    return std::min(layer.heads, kMostHeads) * std::min<std::int64_t>(layer.value_length, 65'536);
}

bool is_quantized(CacheType type) { return bytes_per_32(type) < 64; }

// Floats a token needs while the feed-forward part runs: gate, up and their product beside three embeddings, and the
// output of the attention, whose place is free by then but not of a size that anything else takes.
std::int64_t dense_width(const LayerShape& layer, std::int64_t embedding, bool quantized) {
    const std::int64_t hole = attention_width(layer);
    // Cut out of one matrix, gate and up live on until they are multiplied; the embedding before them does not.
    const bool in_one = layer.up_rows == 2 * layer.feed_forward;
    const std::int64_t base = 3 * layer.feed_forward + (in_one ? 2 : 3) * embedding;
    const bool latent = layer.value_length == 0;
    if (!quantized || in_one || latent) return base + hole;
    // The rotated query takes a place of its own, or one that an embedding left where it is as wide or wider.
    if (hole == embedding) return base;
    return base + (hole < embedding ? 2 : 1) * hole;
}

std::int64_t expert_width(const LayerShape& layer, std::int64_t embedding, bool quantized) {
    const std::int64_t used = std::min<std::int64_t>(layer.experts_used, 1024);
    const std::int64_t hole = attention_width(layer);
    const std::int64_t inside = 3 * used * layer.expert_feed_forward;
    if (layer.shared_expert_feed_forward > 0)
        return inside + used * embedding + std::max(4 * embedding, hole + 2 * embedding);
    const std::int64_t multiplied = inside + 3 * embedding + (quantized && hole == embedding ? 0 : hole);
    const std::int64_t combined = 2 * used * embedding + 4 * embedding + std::min(hole, 2 * embedding);
    return std::max(multiplied, combined);
}

// A query that is multiplied into the space of the latent keys, and its result there.
std::int64_t latent_width(const LayerShape& layer, std::int64_t embedding) {
    if (layer.value_length > 0 || layer.key_length == 0) return 0;
    return std::min(layer.heads, kMostHeads) * (2 * layer.key_length + 368) + 2 * embedding;
}

// The projections of a state-space layer, three times its convolution and three embeddings; within 3 %.
std::int64_t state_space_width(const model::RecurrentShape& shape, std::int64_t embedding) {
    if (shape.inner == 0 || shape.heads == 0) return 0;
    const std::int64_t convolution = shape.kernel > 1 ? shape.convolution / (shape.kernel - 1) : shape.inner;
    return shape.inner + convolution + shape.heads + 3 * convolution + 3 * embedding;
}

// Logits of every token that a draft may have, behind the embeddings they are made of and what the last attention left.
std::int64_t draft_bytes(const Architecture& model, const RunShape& shape, bool quantized) {
    if (!shape.edit_speculation || model.layers.empty()) return 0;
    const std::int64_t slots = std::clamp(shape.slots, 1, 4096);
    const std::int64_t batch = step_tokens(shape);
    const std::int64_t outputs = std::min(batch, slots * (std::clamp(shape.longest_draft, 0, 4096) + 1));
    const bool hole = quantized && attention_width(model.layers.back()) == model.embedding;
    std::int64_t embeddings = batch + outputs;
    if (hole) {
        embeddings += outputs;
    } else if (slots == 1) {
        embeddings *= 2;
    }
    return kBytesPerFloat * (embeddings * model.embedding + outputs * model.vocabulary);
}

}  // namespace

std::int64_t step_tokens(const RunShape& shape) {
    const std::int64_t most = std::clamp<std::int64_t>(shape.cells.value, 256, kMostBatch);
    return std::clamp<std::int64_t>(shape.batch, 1, most);
}

Bytes work_buffer(const Architecture& model, const RunShape& shape, const CacheCells& cells) {
    const bool quantized = is_quantized(shape.keys) || is_quantized(shape.values);
    const bool delta = model.name.starts_with("qwen35") || model.name == "qwen3next" || model.name == "lfm2";
    const bool mamba = !delta && model.recurrent.inner > 0;
    std::int64_t widest = 0;
    std::int64_t heads = 0;
    bool full = false;
    bool sliding = false;
    bool recurrent = false;
    for (LayerShape layer : model.layers) {
        full = full || (layer.attention && !layer.sliding);
        sliding = sliding || (layer.attention && layer.sliding);
        recurrent = recurrent || layer.recurrent;
        heads = std::max(heads, std::min(layer.heads, kMostHeads));
        // In these the residual is added before the output of the attention could leave a hole.
        if (delta) layer.heads = layer.value_width = 0;
        if (layer.experts > 0)
            widest = std::max(widest, expert_width(layer, model.embedding, quantized && !delta));
        if (layer.feed_forward > 0)
            widest = std::max(widest, dense_width(layer, model.embedding, quantized && !delta));
        if (layer.attention) widest = std::max(widest, latent_width(layer, model.embedding));
    }
    const std::int64_t batch = step_tokens(shape);
    std::int64_t mask = (full ? 2 * cells.full : 0) + (sliding ? 2 * cells.sliding : 0);
    if (!shape.flash_attention) mask = std::max(cells.full, cells.sliding) * (4 * heads + 4);
    std::int64_t states = 0;
    if (mamba && recurrent) {
        widest = std::max(widest, state_space_width(model.recurrent, model.embedding));
        const std::int64_t slots = std::clamp(shape.slots, 1, 4096);
        states = slots * kBytesPerFloat * (model.recurrent.convolution + model.recurrent.state);
    }
    const std::int64_t layers =
        batch * (kBytesPerFloat * widest + mask + kBytesPerInput) + states + (quantized ? kRotations : 0);
    return Bytes{std::max(layers, draft_bytes(model, shape, quantized))};
}

Bytes given_to_device(const Architecture& model, const RunShape& shape, const CacheCells& cells) {
    bool full = false;
    bool sliding = false;
    for (const LayerShape& layer : model.layers) {
        full = full || (layer.attention && !layer.sliding);
        sliding = sliding || (layer.attention && layer.sliding);
    }
    const std::int64_t mask = (full ? 2 * cells.full : 0) + (sliding ? 2 * cells.sliding : 0);
    return Bytes{step_tokens(shape) * (kBytesPerFloat * model.embedding + mask + kBytesPerInput)};
}

}  // namespace hearth::capacity
