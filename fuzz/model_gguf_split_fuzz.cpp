#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "model/gguf_split.h"

// Any bytes as a name, and as two parts of a model, cut at the first byte's place: what is joined has the tensors of both.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::model;
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (const auto name = parse_split_name(bytes)) {
        if (name->number < 1 || name->number > name->count || name->count > kMostParts) std::abort();
        const auto parts = all_parts(bytes);
        if (parts.size() != static_cast<std::size_t>(name->count)) std::abort();
        if (parts[static_cast<std::size_t>(name->number) - 1] != bytes) std::abort();
    }
    const auto cut = bytes.size() * data[0] / 256;
    const GgufLimits limits{.max_header_bytes = std::uint64_t{1} << 20U,
                            .max_string = std::uint64_t{1} << 16U};
    std::vector<GgufHeader> headers;
    std::size_t tensors = 0;
    for (const auto part : {bytes.substr(0, cut), bytes.substr(cut)}) {
        auto header = parse_gguf(part, std::uint64_t{1} << 40U, limits);
        if (!header) return 0;
        tensors += header->tensors.size();
        headers.push_back(*std::move(header));
    }
    const auto joined = join_parts(std::move(headers), {"one", "two"});
    if (joined && joined->tensors.size() != tensors) std::abort();
    if (!joined && joined.error().message().empty()) std::abort();
    return 0;
}
