#include "capacity/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace hearth::capacity {

namespace {

// Two roundings of what the engine prints.
constexpr double kPrinted = 0.02 * static_cast<double>(kMiB);

// What is used of one file.
struct Span {
    std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t last = 0;
};

}  // namespace

double Figure::error() const {
    if (predicted.value == measured.value) return 0;
    if (predicted.value <= 0) return std::numeric_limits<double>::infinity();
    return static_cast<double>(measured.value) / static_cast<double>(predicted.value) - 1;
}

bool Figure::missed() const {
    const double difference = std::abs(static_cast<double>((measured - predicted).value));
    return difference > std::max(0.0, allowed * static_cast<double>(predicted.value)) + kPrinted;
}

Bytes mapped_span(const model::GgufHeader& header, const model::Architecture& model, WeightLayout layout) {
    std::map<std::uint32_t, Span> parts;
    const std::size_t count = std::min(header.tensors.size(), model.weights.size());
    for (std::size_t i = 0; i < count; ++i) {
        const model::Weight& weight = model.weights[i];
        if (weight.role == model::WeightRole::kUnused || is_repacked(weight, layout)) continue;
        const model::GgufTensor& tensor = header.tensors[i];
        Span& part = parts[tensor.part];
        part.first = std::min(part.first, tensor.offset);
        part.last = std::max(part.last, tensor.offset + tensor.bytes);
    }
    Bytes all{0};
    for (const auto& [number, part] : parts)
        if (part.last > part.first) all += Bytes{static_cast<std::int64_t>(part.last - part.first)};
    return all;
}

std::vector<Figure> compare_buffers(const MemoryParts& planned, Bytes span, const EngineMemory& measured) {
    std::vector<Figure> figures;
    const auto add = [&](std::string part, Bytes predicted, Bytes found) {
        if (predicted.value > 0 || found.value > 0)
            figures.push_back({.part = std::move(part),
                               .predicted = predicted,
                               .measured = found,
                               .allowed = kBufferTarget});
    };
    const bool is_mapped = measured.mapped.value > 0;
    add("mapped weights", is_mapped ? span : Bytes{0}, measured.mapped);
    add(is_mapped ? "repacked weights" : "weights", is_mapped ? planned.repacked : planned.host.weights,
        measured.weights);
    add("KV cache", planned.host.kv_cache, measured.kv_cache);
    add("state", planned.host.state, measured.state);
    add("work buffers", planned.host.compute, measured.compute);
    add("output", planned.output, measured.output);
    return figures;
}

Figure compare_resident(const MemoryParts& planned, const EngineMemory& buffers, Bytes anonymous) {
    const bool is_mapped = buffers.mapped.value > 0;
    const Bytes in_place = is_mapped ? planned.host.weights - planned.repacked : Bytes{0};
    return {.part = kResidentPart,
            .predicted = planned.host.total() + planned.output,
            .measured = anonymous + in_place,
            .allowed = kResidentTarget};
}

}  // namespace hearth::capacity
