#pragma once
#include "model/architecture.h"
#include "model/ggml_type.h"

namespace hearth::test {

// The numbers of Qwen2.5-Coder-1.5B, with its weights as two: 256 layers' worth of a repacked type and the tied
// embedding of another.
inline model::Architecture small_qwen() {
    model::Architecture model;
    model.name = "qwen2";
    model.embedding = 1536;
    model.vocabulary = 151'936;
    model.context_length = Tokens{32768};
    model.tokenizer_entries = 151'936;
    model.tokenizer_merges = 151'387;
    model.tied_embeddings = true;
    model.layers.resize(28);
    for (model::LayerShape& layer : model.layers) {
        layer.attention = true;
        layer.heads = 12;
        layer.kv_heads = 2;
        layer.key_length = 128;
        layer.value_length = 128;
        layer.feed_forward = 8960;
    }
    model::Weight embedding;
    embedding.role = model::WeightRole::kEmbedding;
    embedding.type = 14;  // Q6_K
    embedding.dimensions = 2;
    embedding.row_length = 1536;
    embedding.rows = 151'936;
    embedding.bytes = 151'936LL * 1536 / 256 * 210;
    model::Weight rest;
    rest.layer = 0;
    rest.type = 12;  // Q4_K
    rest.dimensions = 2;
    rest.row_length = 8960;
    rest.rows = 1536;
    rest.multiplied = true;
    rest.bytes = 1'111'376'384LL - embedding.bytes;
    model.weights = {embedding, rest};
    model.file_bytes = embedding.bytes + rest.bytes;
    return model;
}

// The same with the weights of each layer in one of its own.
inline model::Architecture layered_qwen() {
    model::Architecture model = small_qwen();
    model::Weight layer = model.weights[1];
    layer.bytes /= 28;
    model.weights.resize(1);
    for (int i = 0; i < 28; ++i) {
        layer.layer = i;
        model.weights.push_back(layer);
    }
    return model;
}

}  // namespace hearth::test
