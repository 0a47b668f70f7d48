#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/gguf.h"

// Any bytes as the front of a model file; whatever is accepted has to keep what the header promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using hearth::model::GgufLimits;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const GgufLimits limits{.max_header_bytes = std::uint64_t{1} << 20U,
                            .max_string = std::uint64_t{1} << 16U};
    // The same header in a file that is much longer, so that tensors are there.
    for (const std::uint64_t file_size :
         {std::uint64_t{size}, std::uint64_t{size} + (std::uint64_t{1} << 40U)}) {
        const auto header = hearth::model::parse_gguf(bytes, file_size, limits);
        if (!header) {
            if (header.error().message().empty()) std::abort();
            continue;
        }
        if (header->file_bytes > file_size) std::abort();
        for (const auto& tensor : header->tensors) {
            if (tensor.bytes == 0 || tensor.offset + tensor.bytes > file_size) std::abort();
        }
        const auto facts = hearth::model::model_facts(*header, hearth::Bytes{0});
        if (facts && (facts->heads < 0 || facts->parameters < 0)) std::abort();
    }
    return 0;
}
