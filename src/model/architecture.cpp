#include "model/architecture.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <optional>

#include "core/text.h"

namespace hearth::model {
namespace {

// No real model comes near these; they keep every product of the memory formulas inside 63 bits.
constexpr std::int64_t kMostLayers = 1024;
constexpr std::int64_t kMostWidth = std::int64_t{1} << 22U;
constexpr std::int64_t kMostState = std::int64_t{1} << 30U;

// How an architecture slides where its header gives a window but no pattern.
struct SlidingRule {
    std::string_view architecture;
    int period = 0;           // one layer of so many sees everything
    bool full_first = false;  // and it is the first of them, not the last
    std::int64_t window = 0;  // where the header says none; 0: then nothing slides
};

constexpr std::array kSlidingRules = {
    SlidingRule{"gemma2", 2, false, 4096},   SlidingRule{"gemma3", 6, false, 0},
    SlidingRule{"gemma3n", 5, false, 0},     SlidingRule{"gemma4", 6, false, 0},
    SlidingRule{"cohere2", 4, false, 0},     SlidingRule{"gpt-oss", 2, false, 0},
    SlidingRule{"llama4", 4, false, 8192},   SlidingRule{"olmo2", 4, false, 0},
    SlidingRule{"smallthinker", 4, true, 0}, SlidingRule{"plamo3", 8, false, 0},
    SlidingRule{"exaone4", 4, false, 0},     SlidingRule{"mimo2", 0, false, 0},
    SlidingRule{"step35", 0, false, 0},      SlidingRule{"exaone-moe", 4, false, 0},
    SlidingRule{"afmoe", 4, false, 0},
};

// Architectures whose layers without key-value heads are recurrent.
constexpr std::array<std::string_view, 8> kRecurrentWithoutHeads = {
    "jamba", "granitehybrid", "lfm2", "lfm2moe", "nemotron_h", "nemotron_h_moe", "kimi-linear", "plamo2"};
// Architectures that attend on every n-th layer only.
constexpr std::array<std::string_view, 3> kIntervalAttention = {"qwen3next", "qwen35", "qwen35moe"};
constexpr std::array<std::string_view, 4> kAllRecurrent = {"mamba", "mamba2", "rwkv6", "rwkv7"};

template <typename Names>
bool one_of(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

class Reader {
public:
    Reader(const GgufHeader& header, std::string_view architecture)
        : header_(header), prefix_(std::string(architecture) + ".") {}

    // Empty when the key is absent or no number.
    [[nodiscard]] Result<std::optional<std::int64_t>> find(std::string_view name, std::int64_t most) const {
        const auto number = header_.integer(prefix_ + std::string(name));
        if (number && (*number < 0 || *number > most)) return implausible(name);
        return number;
    }

    [[nodiscard]] Result<std::int64_t> number(std::string_view name, std::int64_t fallback,
                                              std::int64_t most = kMostWidth) const {
        return TRY(find(name, most)).value_or(fallback);
    }

    // One number a layer: from an array, or the same for all; a short array gives `fallback` behind its end.
    [[nodiscard]] Result<std::vector<std::int64_t>> per_layer(std::string_view name, std::size_t layers,
                                                              std::int64_t fallback) const {
        std::vector<std::int64_t> values(layers, TRY(number(name, fallback)));
        if (const GgufArray* array = this->array(name)) {
            for (std::size_t i = 0; i < std::min(layers, array->integers.size()); ++i) {
                const std::int64_t value = array->integers[i];
                if (value < 0 || value > kMostWidth) return implausible(name);
                values[i] = value;
            }
        }
        return values;
    }

    [[nodiscard]] const GgufArray* array(std::string_view name) const {
        const auto found = header_.metadata.find(prefix_ + std::string(name));
        if (found == header_.metadata.end()) return nullptr;
        const auto* array = std::get_if<GgufArray>(&found->second);
        return array != nullptr && !array->integers.empty() ? array : nullptr;
    }

private:
    [[nodiscard]] Error implausible(std::string_view name) const {
        return {Code::kCorrupt, fmt::format("GGUF metadata: {}{} is not a plausible number", prefix_, name)};
    }

    const GgufHeader& header_;
    std::string prefix_;
};

// "blk.12.ffn_up.weight" as 12 and "ffn_up.weight"; -1 and the whole name outside the blocks.
std::pair<int, std::string_view> block_of(std::string_view name) {
    if (!name.starts_with("blk.")) return {-1, name};
    const std::size_t dot = name.find('.', 4);
    if (dot == std::string_view::npos) return {-1, name};
    const std::optional<std::int64_t> number = parse_number(name.substr(4, dot - 4));
    if (!number || *number > kMostLayers) return {-1, name};
    return {static_cast<int>(*number), name.substr(dot + 1)};
}

WeightRole role_of(int layer, std::string_view name, std::int64_t layers) {
    if (layer >= layers) return WeightRole::kUnused;
    if (layer >= 0) return name.contains("_exps") ? WeightRole::kExpert : WeightRole::kLayer;
    if (name.contains("token_embd")) return WeightRole::kEmbedding;
    return WeightRole::kOutput;
}

bool is_matrix(WeightRole role, std::string_view name) {
    return role != WeightRole::kEmbedding && name.ends_with(".weight") && !name.contains("norm") &&
           !name.contains("conv1d") && !name.contains("shortconv.conv");
}

std::int64_t extent(const GgufTensor& tensor, std::size_t dimension) {
    if (dimension >= tensor.shape.size()) return 1;
    return static_cast<std::int64_t>(
        std::min<std::uint64_t>(tensor.shape[dimension], std::numeric_limits<std::int64_t>::max()));
}

// The engine counts dimensions up to the last that is over one.
int dimensions_of(const GgufTensor& tensor) {
    for (std::size_t i = tensor.shape.size(); i > 1; --i)
        if (tensor.shape[i - 1] > 1) return static_cast<int>(i);
    return 1;
}

void read_width(LayerShape& layer, const GgufTensor& tensor, std::string_view name) {
    if (name == "ffn_down.weight") layer.feed_forward = std::min(extent(tensor, 0), kMostWidth);
    if (name == "ffn_down_exps.weight") {
        layer.expert_feed_forward = std::min(extent(tensor, 0), kMostWidth);
        layer.experts = std::min(extent(tensor, 2), kMostWidth);
    }
    if (name == "ffn_down_shexp.weight")
        layer.shared_expert_feed_forward = std::min(extent(tensor, 0), kMostWidth);
    if (name == "ffn_up.weight") layer.up_rows = std::min(extent(tensor, 1), kMostWidth);
    if (name == "attn_output.weight") layer.value_width = std::min(extent(tensor, 0), kMostWidth);
}

Status read_weights(const GgufHeader& header, Architecture& model) {
    const auto layers = static_cast<std::int64_t>(model.layers.size());
    bool output = false;
    model.weights.reserve(header.tensors.size());
    for (const GgufTensor& tensor : header.tensors) {
        const auto [layer, name] = block_of(tensor.name);
        Weight weight;
        weight.role = role_of(layer, name, layers);
        weight.layer = layer;
        weight.type = tensor.type;
        weight.dimensions = dimensions_of(tensor);
        weight.row_length = extent(tensor, 0);
        weight.rows = extent(tensor, 1);
        std::int64_t matrices = 0;
        if (__builtin_mul_overflow(extent(tensor, 2), extent(tensor, 3), &matrices) ||
            tensor.bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return Error(Code::kCorrupt, "a tensor of the GGUF header is over 2^63 bytes");
        weight.matrices = matrices;
        weight.bytes = static_cast<std::int64_t>(tensor.bytes);
        if (__builtin_add_overflow(model.file_bytes, weight.bytes, &model.file_bytes))
            return Error(Code::kCorrupt, "the tensors of the GGUF header are over 2^63 bytes");
        weight.multiplied = is_matrix(weight.role, name) && weight.dimensions >= 2;
        model.weights.push_back(weight);
        if (tensor.name == "token_embd.weight" && model.vocabulary == 0) model.vocabulary = weight.rows;
        if (tensor.name == "output.weight") {
            output = true;
            model.vocabulary = weight.rows;
        }
        if (layer >= 0 && layer < layers)
            read_width(model.layers[static_cast<std::size_t>(layer)], tensor, name);
    }
    model.tied_embeddings = !output;
    model.vocabulary = std::min(model.vocabulary, std::int64_t{1} << 26U);
    return {};
}

Status read_sliding(const Reader& reader, Architecture& model) {
    const auto* rule = std::find_if(kSlidingRules.begin(), kSlidingRules.end(),
                                    [&](const SlidingRule& each) { return each.architecture == model.name; });
    if (rule == kSlidingRules.end()) return {};
    model.window = TRY(reader.number("attention.sliding_window", rule->window));
    // Of this family only the largest slides.
    if (model.window == 0 || (model.name == "exaone4" && model.layers.size() != 64)) return {};
    const GgufArray* pattern = reader.array("attention.sliding_window_pattern");
    const std::int64_t period =
        TRY(reader.number("attention.sliding_window_pattern", rule->period, kMostLayers));
    const std::int64_t key = TRY(reader.number("attention.key_length_swa", 0));
    const std::int64_t value = TRY(reader.number("attention.value_length_swa", 0));
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        LayerShape& layer = model.layers[i];
        if (pattern != nullptr) {
            layer.sliding = i < pattern->integers.size() && pattern->integers[i] != 0;
        } else if (period > 0) {
            const auto place = static_cast<std::int64_t>(i) % period;
            layer.sliding = rule->full_first ? place != 0 : place < period - 1;
        }
        if (layer.sliding && key > 0) layer.key_length = key;
        if (layer.sliding && value > 0 && layer.value_length > 0) layer.value_length = value;
    }
    return {};
}

// Which layers keep keys and which a state.
Status read_mixers(const Reader& reader, Architecture& model) {
    const bool interval = one_of(kIntervalAttention, model.name);
    const std::int64_t every = std::max<std::int64_t>(1, TRY(reader.number("full_attention_interval", 4)));
    const GgufArray* marked = reader.array("attention.recurrent_layers");
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        LayerShape& layer = model.layers[i];
        layer.attention = true;
        if (one_of(kAllRecurrent, model.name)) {
            layer.attention = false;
            layer.recurrent = true;
        } else if (interval) {
            layer.recurrent = marked != nullptr ? i < marked->integers.size() && marked->integers[i] != 0
                                                : static_cast<std::int64_t>(i + 1) % every != 0;
            layer.attention = !layer.recurrent;
        } else if (model.name == "falcon-h1") {
            layer.recurrent = true;
        } else if (one_of(kRecurrentWithoutHeads, model.name)) {
            const bool only_feed_forward = model.name.starts_with("nemotron_h") &&
                                           (layer.feed_forward > 0 || layer.expert_feed_forward > 0);
            layer.recurrent = layer.kv_heads == 0 && !only_feed_forward;
            layer.attention = layer.kv_heads > 0 && !only_feed_forward;
        }
    }
    return {};
}

// The last layers of some architectures read the keys and values of earlier ones.
Status read_shared_keys(const Reader& reader, Architecture& model) {
    std::size_t own = model.layers.size();
    if (model.name == "gemma3n") own = std::min<std::size_t>(own, 20);
    if (model.name == "gemma4") {
        const auto shared = static_cast<std::size_t>(TRY(reader.number("attention.shared_kv_layers", 0)));
        own -= std::min(own, shared);
    }
    for (std::size_t i = own; i < model.layers.size(); ++i)
        model.layers[i].attention = false;
    return {};
}

Status read_recurrent(const Reader& reader, Architecture& model) {
    RecurrentShape& shape = model.recurrent;
    shape.inner = TRY(reader.number("ssm.inner_size", 0));
    shape.state_size = TRY(reader.number("ssm.state_size", 0));
    shape.groups = TRY(reader.number("ssm.group_count", 0));
    shape.heads = TRY(reader.number("ssm.time_step_rank", 0));
    shape.kernel = TRY(reader.number("ssm.conv_kernel", 0));
    const std::int64_t heads = model.layers.front().heads;
    const std::int64_t kept = std::max<std::int64_t>(0, shape.kernel - 1);
    if (const std::int64_t head = TRY(reader.number("wkv.head_size", 0)); head > 0) {
        shape.convolution = model.embedding * TRY(reader.number("token_shift_count", 2, 16));
        shape.state = model.embedding * std::min<std::int64_t>(head, 65'536);
    } else if (const std::int64_t cache = TRY(reader.number("shortconv.l_cache", 0, 65'536)); cache > 0) {
        shape.convolution = model.embedding * (cache - 1);
    } else if (const std::int64_t head_dim = TRY(reader.number("kda.head_dim", 0, 65'536)); head_dim > 0) {
        shape.convolution =
            std::min(3 * (shape.kernel > 0 ? kept : 3), kMostWidth) * std::min(heads * head_dim, kMostWidth);
        shape.state = std::min(head_dim * head_dim, kMostWidth) * std::min<std::int64_t>(heads, 65'536);
    } else {
        shape.convolution =
            std::min<std::int64_t>(kept, 64) *
            (shape.inner + 2 * std::min(shape.groups, kMostWidth) * std::min(shape.state_size, kMostWidth));
        shape.state = shape.state_size * shape.inner;
    }
    shape.convolution = std::min(shape.convolution, kMostState);
    shape.state = std::min(shape.state, kMostState);
    return {};
}

Status read_heads(const Reader& reader, Architecture& model) {
    const std::size_t count = model.layers.size();
    const auto heads = TRY(reader.per_layer("attention.head_count", count, 0));
    auto kv_heads = TRY(reader.per_layer("attention.head_count_kv", count, 0));
    const bool has_kv = reader.array("attention.head_count_kv") != nullptr ||
                        TRY(reader.find("attention.head_count_kv", kMostWidth)).has_value();
    if (!has_kv) kv_heads = heads;
    const std::int64_t per_head = heads.front() > 0 ? model.embedding / heads.front() : 0;
    const std::int64_t key = TRY(reader.number("attention.key_length", per_head));
    const std::int64_t value = TRY(reader.number("attention.value_length", per_head));
    const bool latent = TRY(reader.number("attention.key_length_mla", 0)) > 0 &&
                        TRY(reader.number("attention.value_length_mla", 0)) > 0;
    const auto used = TRY(reader.per_layer("expert_used_count", count, 0));
    for (std::size_t i = 0; i < count; ++i) {
        LayerShape& layer = model.layers[i];
        layer.heads = heads[i];
        layer.kv_heads = kv_heads[i];
        layer.key_length = key;
        layer.value_length = latent ? 0 : value;
        layer.experts_used = used[i];
        if (layer.kv_heads > 0 &&
            std::max(layer.key_length, layer.value_length) > kMostWidth / layer.kv_heads)
            return Error(Code::kCorrupt, "GGUF metadata: the keys of one layer are implausibly wide");
    }
    return {};
}

std::int64_t array_count(const GgufHeader& header, std::string_view key) {
    const auto found = header.metadata.find(key);
    if (found == header.metadata.end()) return 0;
    const auto* array = std::get_if<GgufArray>(&found->second);
    return array == nullptr ? 0 : static_cast<std::int64_t>(std::min<std::uint64_t>(array->count, 1U << 30U));
}

std::int64_t elements(const Weight& weight) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(weight.row_length, weight.rows, &product) ||
        __builtin_mul_overflow(product, weight.matrices, &product))
        return 0;
    return product;
}

}  // namespace

std::int64_t Architecture::parameters() const {
    std::int64_t total = 0;
    for (const Weight& weight : weights)
        if (__builtin_add_overflow(total, elements(weight), &total)) return 0;
    return total;
}

std::int64_t Architecture::active_parameters() const {
    std::int64_t total = 0;
    for (const Weight& weight : weights) {
        std::int64_t count = elements(weight);
        if (weight.role == WeightRole::kUnused || (weight.role == WeightRole::kEmbedding && !tied_embeddings))
            continue;
        if (weight.role == WeightRole::kExpert && weight.matrices > 0) {
            const LayerShape& layer = layers[static_cast<std::size_t>(weight.layer)];
            count = count / weight.matrices * std::min(layer.experts_used, weight.matrices);
        }
        if (__builtin_add_overflow(total, count, &total)) return 0;
    }
    return total;
}

Result<Architecture> read_architecture(const GgufHeader& header) {
    Architecture model;
    model.name = std::string(header.string("general.architecture").value_or(""));
    if (model.name.empty() || model.name.size() > 64)
        return Error(Code::kCorrupt, "GGUF metadata: general.architecture is missing or not a short text");
    if (header.tensors.empty())
        return Error(Code::kUnsupported, "this GGUF file holds no tensors: it is a fragment, not a model");
    const Reader reader(header, model.name);
    const std::int64_t blocks = TRY(reader.number("block_count", 0));
    model.hidden_layers = TRY(reader.number("nextn_predict_layers", 0, kMostLayers));
    if (blocks > kMostLayers || blocks <= model.hidden_layers) {
        return Error(Code::kUnsupported,
                     fmt::format("this GGUF file says it has {} layers; 1 to {} can be planned",
                                 blocks - model.hidden_layers, kMostLayers));
    }
    model.layers.resize(static_cast<std::size_t>(blocks - model.hidden_layers));
    model.embedding = TRY(reader.number("embedding_length", 0));
    model.context_length = Tokens{TRY(reader.number("context_length", 0, std::int64_t{1} << 40U))};
    model.pooling = static_cast<Pooling>(
        TRY(reader.number("pooling_type", 0, static_cast<std::int64_t>(Pooling::kRank))));
    if (const auto causal = header.metadata.find(model.name + ".attention.causal");
        causal != header.metadata.end())
        if (const auto* value = std::get_if<bool>(&causal->second)) model.causal = *value;
    TRY(read_heads(reader, model));
    TRY(read_weights(header, model));
    TRY(read_mixers(reader, model));
    TRY(read_sliding(reader, model));
    TRY(read_shared_keys(reader, model));
    TRY(read_recurrent(reader, model));
    model.tokenizer_entries = array_count(header, "tokenizer.ggml.tokens");
    model.tokenizer_merges = array_count(header, "tokenizer.ggml.merges");
    return model;
}

}  // namespace hearth::model
