#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "model/gguf.h"

namespace hearth::model {

// One block of a model: what it keeps between tokens and how wide it works. Numbers a block does not have are 0.
struct LayerShape {
    bool attention = false;  // keeps keys and values of its own
    bool recurrent = false;  // keeps a state of a fixed size
    bool sliding = false;    // its attention reaches back over `Architecture::window` tokens only
    std::int64_t heads = 0;
    std::int64_t kv_heads = 0;
    std::int64_t key_length = 0;    // per head, as it is kept
    std::int64_t value_length = 0;  // per head; 0 where values are read out of the keys (MLA)
    std::int64_t feed_forward = 0;  // width of the dense part
    std::int64_t experts = 0;
    std::int64_t experts_used = 0;
    std::int64_t expert_feed_forward = 0;         // width of one expert
    std::int64_t shared_expert_feed_forward = 0;  // width of what every token passes beside its experts
    std::int64_t up_rows = 0;      // of the up projection: twice feed_forward where it holds the gate too
    std::int64_t value_width = 0;  // of all heads together, where the output matrix says it
};

// The state of a recurrent layer, in elements of 4 bytes for one sequence.
struct RecurrentShape {
    std::int64_t convolution = 0;
    std::int64_t state = 0;
    std::int64_t inner = 0;       // width of the layer's channels
    std::int64_t state_size = 0;  // of one head or channel
    std::int64_t groups = 0;
    std::int64_t heads = 0;
    std::int64_t kernel = 0;
};

enum class WeightRole : std::uint8_t {
    kEmbedding,  // rows looked up by token
    kOutput,     // the matrix that makes logits, and what goes with it
    kLayer,      // read for every token
    kExpert,     // read for the tokens that choose it
    kUnused,     // not loaded: heads that predict further tokens
};

struct Weight {
    WeightRole role = WeightRole::kLayer;
    int layer = -1;  // -1 outside the blocks
    std::uint32_t type = 0;
    int dimensions = 1;
    std::int64_t row_length = 0;
    std::int64_t rows = 0;  // of one matrix
    std::int64_t matrices = 1;
    std::int64_t bytes = 0;
    bool multiplied = false;  // the second operand of a matrix product
};

// How the vectors of a text's tokens become one, by the numbers that the files have for it. Models that only write text say nothing.
enum class Pooling : std::uint8_t { kNone = 0, kMean = 1, kFirst = 2, kLast = 3, kRank = 4 };

// What of a model decides its memory and speed.
struct Architecture {
    std::string name;  // "qwen2"
    std::int64_t embedding = 0;
    std::int64_t vocabulary = 0;     // rows of the output matrix
    Tokens context_length{0};        // trained window; 0: not said
    std::int64_t window = 0;         // of sliding layers
    std::int64_t hidden_layers = 0;  // blocks at the end that only predict further tokens; not in `layers`
    std::vector<LayerShape> layers;
    RecurrentShape recurrent;
    std::vector<Weight> weights;
    Pooling pooling = Pooling::kNone;
    bool causal = true;                  // a token sees those before it only; without it there are no logits
    bool tied_embeddings = false;        // the embedding serves as output matrix too
    std::int64_t tokenizer_entries = 0;  // tokens
    std::int64_t tokenizer_merges = 0;
    std::int64_t file_bytes = 0;

    [[nodiscard]] std::int64_t active_parameters() const;  // that one token is multiplied with
    [[nodiscard]] std::int64_t parameters() const;
};

// Reads the architecture of a model from its header: per layer what attention it has, taken from the metadata as the
// engine does, and the widths of the feed-forward parts from the tensors themselves.
//
// Source: the engine's loaders. Sliding windows count only for architectures whose loader has them; an unknown one is taken
// for full attention, which never says too little.
// Errors: kCorrupt for numbers that cannot be; kUnsupported without layers or tensors, or with over 1024 layers.
// Threads: pure. Cost: one pass over the tensors. Survives any header (fuzz/model_architecture_fuzz.cpp).
[[nodiscard]] Result<Architecture> read_architecture(const GgufHeader& header);

}  // namespace hearth::model
