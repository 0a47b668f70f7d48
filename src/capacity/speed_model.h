#pragma once
#include <string>
#include <vector>

#include "capacity/memory_model.h"
#include "core/units.h"
#include "model/architecture.h"

namespace hearth::capacity {

// How fast one pool of memory and its processor work, as fitted or measured. Rates that are 0 do not bound.
struct SpeedFacts {
    double bandwidth = 0;         // bytes a second that memory can be read with, nominal or measured
    double plain_share = 0.8;     // of it that weights in plain blocks are read with (Q8_0, Q4_0, MXFP4, F16)
    double packed_share = 0.66;   // likewise for types that take unpacking (K and IQ)
    double cache_share = 0.7;     // likewise for the KV cache
    double layer_seconds = 1e-5;  // fixed cost of a layer and token
    double expert_layer_seconds = 5e-5;  // likewise with experts
    double dense_8bit_flops = 0;         // prefill, by the type of the weights
    double dense_4bit_flops = 0;
    double expert_8bit_flops = 0;
    double expert_4bit_flops = 0;
    double attention_flops = 0;
    double width_seconds = 0;       // prefill, for each layer, token and element of the embedding
    double error = 0.35;            // half the width of the interval, relative
    std::string basis = "assumed";  // "measured here", "fitted to published runs", "from the data sheet"

    [[nodiscard]] bool known() const { return bandwidth > 0; }
};

// What one token makes the machine read and compute, by where it lies.
struct TokenWork {
    double plain_bytes = 0;
    double packed_bytes = 0;
    double expert_plain_bytes = 0;  // of the experts a token chooses
    double expert_packed_bytes = 0;
    double state_bytes = 0;  // read and written
    double dense_8bit_flop = 0;
    double dense_4bit_flop = 0;
    double expert_8bit_flop = 0;
    double expert_4bit_flop = 0;
    int layers = 0;
    int expert_layers = 0;
};

enum class Place : std::uint8_t { kHost, kDevice };

// Pure. Cost: one pass over the weights.
[[nodiscard]] TokenWork token_work(const model::Architecture& model, const RunShape& shape, Place place);

// A figure with the range it will be in.
struct Range {
    double low = 0;
    double middle = 0;
    double high = 0;
};

struct Speeds {
    SpeedFacts host;
    SpeedFacts device;                     // used for the layers on a GPU
    double sync_seconds = 2.6e-4;          // for each layer whose experts are computed beside the GPU
    double link_bandwidth = 0;             // host to GPU, bytes a second
    std::vector<SpeedFacts> devices = {};  // of several GPUs, each; empty: all are like `device`
    double hop_seconds = 3e-5;             // from one GPU to the next, for each token
};

// Tokens a second of one stream at a depth, `streams` of them running: memory touched once for all of them, experts for each,
// the KV cache of each.
//
// Several GPUs that split a model by layers work one after the other on a token: their times add up, and each hop between them.
//
// Source: a roofline with a fixed cost a layer; coefficients and errors against published runs in docs/capacity.md.
// Threads: pure. Zero when the machine's bandwidth is not known.
[[nodiscard]] Range decode_speed(const model::Architecture& model, const RunShape& shape,
                                 const Speeds& speeds, Tokens depth, int streams = 1);

// Tokens a second while `prompt` tokens are read after `depth` others. Of several GPUs the middle is one after the other; the upper end is
// the slowest alone, for the engine may let them work on different steps at once. Pure. Zero when rates are not known.
[[nodiscard]] Range prefill_speed(const model::Architecture& model, const RunShape& shape,
                                  const Speeds& speeds, Tokens depth, Tokens prompt);

// Tokens a second gained by drafts of `drafted` tokens of which a share is accepted, as a factor: expected tokens of a cycle over
// the cost of checking them. Pure.
[[nodiscard]] double speculation_gain(const model::Architecture& model, int drafted, double accepted_share);

}  // namespace hearth::capacity
