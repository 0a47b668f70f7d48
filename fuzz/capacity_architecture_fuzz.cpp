#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "capacity/memory_model.h"
#include "model/architecture.h"
#include "model/gguf.h"

// Any header of a model file, planned with settings at both ends: no size is negative and none overflows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using hearth::Tokens;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const hearth::model::GgufLimits limits{.max_header_bytes = std::uint64_t{1} << 20U,
                                           .max_string = std::uint64_t{1} << 16U};
    const auto header = hearth::model::parse_gguf(bytes, size + (std::uint64_t{1} << 40U), limits);
    if (!header) return 0;
    const auto model = hearth::model::read_architecture(*header);
    if (!model) {
        if (model.error().message().empty()) std::abort();
        return 0;
    }
    if (model->layers.empty() || model->weights.size() != header->tensors.size()) std::abort();
    if (model->active_parameters() < 0 || model->parameters() < 0) std::abort();
    for (const std::int64_t cells : {std::int64_t{0}, std::int64_t{4096}, INT64_MAX}) {
        hearth::capacity::RunShape shape;
        shape.cells = Tokens{cells};
        shape.slots = cells > 4096 ? 4096 : 1;
        shape.batch = cells > 4096 ? 65'536 : 128;
        for (const int layers : {0, 1, 2048}) {
            shape.gpu_layers = layers;
            const hearth::capacity::MemoryParts parts = hearth::capacity::memory_of(*model, shape);
            for (const auto& side : {parts.host, parts.device})
                if (side.weights.value < 0 || side.kv_cache.value < 0 || side.state.value < 0 ||
                    side.compute.value < 0)
                    std::abort();
        }
    }
    return 0;
}
