#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/architecture.h"
#include "model/model_shape.h"

// Any text as a model's shape: what is accepted has tensors with sizes that lie one behind the other.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto header =
        hearth::model::parse_shape(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!header) {
        if (header.error().message().empty()) std::abort();
        return 0;
    }
    std::uint64_t end = 0;
    for (const auto& tensor : header->tensors) {
        if (tensor.bytes == 0 || tensor.offset < end) std::abort();
        end = tensor.offset + tensor.bytes;
    }
    const auto model = hearth::model::read_architecture(*header);
    if (model && model->layers.empty()) std::abort();
    return 0;
}
