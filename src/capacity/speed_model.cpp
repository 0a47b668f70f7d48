#include "capacity/speed_model.h"

#include <algorithm>
#include <cmath>

#include "model/ggml_type.h"

namespace hearth::capacity {

namespace {

using model::Architecture;
using model::LayerShape;
using model::Weight;
using model::WeightRole;

bool on_gpu(const Architecture& model, int layer, const RunShape& shape) {
    return layer >= static_cast<int>(model.layers.size()) + 1 - shape.gpu_layers;
}

Place place_of(const Architecture& model, const Weight& weight, const RunShape& shape) {
    if (weight.role == WeightRole::kOutput || weight.role == WeightRole::kEmbedding)
        return shape.gpu_layers > 0 ? Place::kDevice : Place::kHost;
    if (!on_gpu(model, weight.layer, shape)) return Place::kHost;
    const bool held_back = weight.role == WeightRole::kExpert && weight.layer < shape.cpu_expert_layers;
    return held_back ? Place::kHost : Place::kDevice;
}

// K and IQ types, whose blocks of 256 take unpacking.
bool is_packed(const Weight& weight) {
    const auto type = model::ggml_type(weight.type);
    return type && type->block >= 256;
}

bool is_8bit(const Weight& weight) {
    const auto type = model::ggml_type(weight.type);
    return type && 8.0 * type->bytes / type->block > 7;
}

double cost(double amount, double rate) { return rate > 0 ? amount / rate : 0; }

Range around(double seconds, double error) {
    if (!(seconds > 0) || !std::isfinite(seconds)) return {};
    const double middle = 1 / seconds;
    return {.low = middle / (1 + error), .middle = middle, .high = middle * (1 + error)};
}

double row_bytes(const LayerShape& layer, const RunShape& shape) {
    const auto kv_heads = static_cast<double>(layer.kv_heads);
    return kv_heads *
           (static_cast<double>(layer.key_length) * static_cast<double>(bytes_per_32(shape.keys)) +
            static_cast<double>(layer.value_length) * static_cast<double>(bytes_per_32(shape.values))) /
           32;
}

double seen(const Architecture& model, const LayerShape& layer, double depth) {
    return layer.sliding ? std::min(depth, static_cast<double>(model.window)) : depth;
}

double cache_bytes(const Architecture& model, const RunShape& shape, Place place, double depth) {
    double bytes = 0;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const LayerShape& layer = model.layers[i];
        const Place here = on_gpu(model, static_cast<int>(i), shape) ? Place::kDevice : Place::kHost;
        if (layer.attention && here == place) bytes += row_bytes(layer, shape) * seen(model, layer, depth);
    }
    return bytes;
}

double attention_flop(const Architecture& model, const RunShape& shape, Place place, double depth) {
    double flop = 0;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const LayerShape& layer = model.layers[i];
        const Place here = on_gpu(model, static_cast<int>(i), shape) ? Place::kDevice : Place::kHost;
        if (!layer.attention || here != place) continue;
        // Values of latent attention are the keys without their positions.
        const double width = static_cast<double>(
            layer.key_length + (layer.value_length > 0 ? layer.value_length : layer.key_length * 8 / 9));
        flop += 2 * static_cast<double>(layer.heads) * width * seen(model, layer, depth);
    }
    return flop;
}

// How many times the experts of one token are read for several: distinct ones, were the choice even.
double expert_reads(const Architecture& model, int streams) {
    for (const LayerShape& layer : model.layers) {
        if (layer.experts <= 0 || layer.experts_used <= 0) continue;
        const auto all = static_cast<double>(layer.experts);
        const double used = std::min(all, static_cast<double>(layer.experts_used));
        return all * (1 - std::pow(1 - used / all, streams)) / used;
    }
    return 1;
}

double decode_seconds(const Architecture& model, const RunShape& shape, const SpeedFacts& facts, Place place,
                      double depth, int streams) {
    const TokenWork work = token_work(model, shape, place);
    const double experts = expert_reads(model, streams);
    const double plain = work.plain_bytes + work.expert_plain_bytes * experts;
    const double packed = work.packed_bytes + work.expert_packed_bytes * experts;
    const double cache = streams * cache_bytes(model, shape, place, depth);
    const double batch_cost = 1 + 0.02 * (streams - 1);
    return cost(plain + streams * work.state_bytes, facts.bandwidth * facts.plain_share) +
           cost(packed, facts.bandwidth * facts.packed_share) +
           cost(cache, facts.bandwidth * facts.cache_share) +
           batch_cost * ((work.layers - work.expert_layers) * facts.layer_seconds +
                         work.expert_layers * facts.expert_layer_seconds);
}

double prefill_seconds(const Architecture& model, const RunShape& shape, const SpeedFacts& facts, Place place,
                       double depth) {
    const TokenWork work = token_work(model, shape, place);
    return cost(work.dense_8bit_flop, facts.dense_8bit_flops) +
           cost(work.dense_4bit_flop, facts.dense_4bit_flops) +
           cost(work.expert_8bit_flop, facts.expert_8bit_flops) +
           cost(work.expert_4bit_flop, facts.expert_4bit_flops) +
           cost(attention_flop(model, shape, place, depth), facts.attention_flops) +
           work.layers * static_cast<double>(model.embedding) * facts.width_seconds;
}

// Of each GPU that has layers what `seconds(shape, facts)` is for its own layers. That is a sum over layers, and a GPU's are those from
// its first on without those of the GPUs behind it.
template <typename Seconds>
std::vector<double> device_seconds(const RunShape& shape, const Speeds& speeds, const Seconds& seconds) {
    if (shape.gpu_split.size() < 2) return {seconds(shape, speeds.device)};
    std::vector<double> parts;
    int behind = shape.gpu_layers;
    for (std::size_t device = 0; device < shape.gpu_split.size(); ++device) {
        if (shape.gpu_split[device] <= 0) continue;
        const SpeedFacts& facts = device < speeds.devices.size() ? speeds.devices[device] : speeds.device;
        RunShape from = shape;
        from.gpu_layers = behind;
        behind -= shape.gpu_split[device];
        RunShape after = shape;
        after.gpu_layers = behind;
        parts.push_back(seconds(from, facts) - (behind > 0 ? seconds(after, facts) : 0));
    }
    return parts;
}

double hop_seconds(const Architecture& model, const Speeds& speeds, std::size_t devices) {
    if (devices < 2) return 0;
    return static_cast<double>(devices - 1) *
           (speeds.hop_seconds + cost(4.0 * static_cast<double>(model.embedding), speeds.link_bandwidth));
}

// The widest error of the GPUs; all have to be known.
bool all_known(const Speeds& speeds) {
    return speeds.device.known() && std::ranges::all_of(speeds.devices, &SpeedFacts::known);
}

double widest_error(const Speeds& speeds) {
    double error = speeds.device.error;
    for (const SpeedFacts& facts : speeds.devices)
        error = std::max(error, facts.error);
    return error;
}

bool bounded(const SpeedFacts& facts) {
    return facts.dense_8bit_flops > 0 || facts.dense_4bit_flops > 0 || facts.width_seconds > 0;
}

}  // namespace

TokenWork token_work(const Architecture& model, const RunShape& shape, Place place) {
    TokenWork work;
    for (const Weight& weight : model.weights) {
        if (weight.role == WeightRole::kUnused || place_of(model, weight, shape) != place) continue;
        // Of the embedding one row is read, unless it makes the logits too.
        const bool lookup = weight.role == WeightRole::kEmbedding;
        if (lookup && (!model.tied_embeddings || weight.rows != model.vocabulary)) continue;
        double share = 1;
        const bool expert = weight.role == WeightRole::kExpert;
        if (expert && weight.dimensions == 3 && weight.matrices > 0)
            share = static_cast<double>(std::min(
                        model.layers[static_cast<std::size_t>(weight.layer)].experts_used, weight.matrices)) /
                    static_cast<double>(weight.matrices);
        const double bytes = share * static_cast<double>(weight.bytes);
        (expert ? (is_packed(weight) ? work.expert_packed_bytes : work.expert_plain_bytes)
                : (is_packed(weight) ? work.packed_bytes : work.plain_bytes)) += bytes;
        // Logits are made for the last token of a prompt only.
        const bool matrix = weight.role == WeightRole::kLayer || expert;
        if (!matrix || weight.dimensions < 2) continue;
        const double flop = 2 * share * static_cast<double>(weight.row_length) *
                            static_cast<double>(weight.rows) * static_cast<double>(weight.matrices);
        (expert ? (is_8bit(weight) ? work.expert_8bit_flop : work.expert_4bit_flop)
                : (is_8bit(weight) ? work.dense_8bit_flop : work.dense_4bit_flop)) += flop;
    }
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const Place here = on_gpu(model, static_cast<int>(i), shape) ? Place::kDevice : Place::kHost;
        if (here != place) continue;
        ++work.layers;
        if (model.layers[i].experts > 0) ++work.expert_layers;
        if (model.layers[i].recurrent) work.state_bytes += 8.0 * static_cast<double>(model.recurrent.state);
    }
    return work;
}

Range decode_speed(const Architecture& model, const RunShape& shape, const Speeds& speeds, Tokens depth,
                   int streams) {
    const bool gpu = shape.gpu_layers > 0;
    const TokenWork host = token_work(model, shape, Place::kHost);
    const bool uses_host =
        host.plain_bytes + host.packed_bytes + host.expert_plain_bytes + host.expert_packed_bytes > 0;
    if ((gpu && !all_known(speeds)) || (uses_host && !speeds.host.known())) return {};
    const auto at = static_cast<double>(std::max<std::int64_t>(0, depth.value));
    streams = std::clamp(streams, 1, 4096);
    double seconds = 0;
    double error = 0;
    if (gpu) {
        const auto parts = device_seconds(shape, speeds, [&](const RunShape& part, const SpeedFacts& facts) {
            return decode_seconds(model, part, facts, Place::kDevice, at, streams);
        });
        for (const double part : parts)
            seconds += part;
        seconds += hop_seconds(model, speeds, parts.size());
        error = widest_error(speeds);
    }
    if (uses_host) {
        seconds += decode_seconds(model, shape, speeds.host, Place::kHost, at, streams);
        error = std::max(error, speeds.host.error);
    }
    if (gpu)
        seconds +=
            std::min(shape.cpu_expert_layers, static_cast<int>(model.layers.size())) * speeds.sync_seconds;
    return around(seconds, error);
}

Range prefill_speed(const Architecture& model, const RunShape& shape, const Speeds& speeds, Tokens depth,
                    Tokens prompt) {
    const double at = static_cast<double>(std::max<std::int64_t>(0, depth.value)) +
                      static_cast<double>(std::max<std::int64_t>(0, prompt.value)) / 2;
    const bool gpu = shape.gpu_layers > 0;
    const SpeedFacts& main = gpu ? speeds.device : speeds.host;
    if (!bounded(main)) return {};
    double seconds = gpu ? 0 : prefill_seconds(model, shape, main, Place::kHost, at);
    double error = gpu ? widest_error(speeds) : main.error;
    double slowest = 0;
    if (gpu) {
        for (const double part :
             device_seconds(shape, speeds, [&](const RunShape& each, const SpeedFacts& facts) {
                 return prefill_seconds(model, each, facts, Place::kDevice, at);
             })) {
            seconds += part;
            slowest = std::max(slowest, part);
        }
        // Weights that stay in RAM are streamed over the link once for each step.
        const MemoryParts parts = memory_of(model, shape);
        Bytes embedding{0};
        for (const Weight& weight : model.weights)
            if (weight.role == WeightRole::kEmbedding) embedding += Bytes{weight.bytes};
        const auto streamed =
            static_cast<double>(std::max<std::int64_t>(0, (parts.host.weights - embedding).value));
        if (streamed > 0) {
            const double link = speeds.link_bandwidth > 0 ? speeds.link_bandwidth : 12e9;
            seconds = std::max(seconds, streamed / link / std::max(1, shape.batch));
            slowest = std::max(slowest, streamed / link / std::max(1, shape.batch));
            error = std::max(error, 0.5);
        }
    }
    Range range = around(seconds, error);
    if (slowest > 0) range.high = std::max(range.high, around(slowest, error).high);
    return range;
}

double speculation_gain(const Architecture& model, int drafted, double accepted_share) {
    const int tokens = std::clamp(drafted, 0, 256);
    const double accepted = std::clamp(accepted_share, 0.0, 1.0);
    RunShape shape;
    const TokenWork work = token_work(model, shape, Place::kHost);
    const double experts = work.expert_plain_bytes + work.expert_packed_bytes;
    const double dense = work.plain_bytes + work.packed_bytes;
    if (dense + experts <= 0) return 1;
    // Checking several tokens reads the dense weights once and the experts of each; one token more costs 18 % besides (measured 1.36 and 1.56 for two and three).
    const double check =
        (dense + experts * expert_reads(model, tokens + 1)) / (dense + experts) + 0.18 * tokens;
    return (1 + tokens * accepted) / check;
}

}  // namespace hearth::capacity
