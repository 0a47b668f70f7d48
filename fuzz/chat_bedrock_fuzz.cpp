#include <cstddef>
#include <cstdint>

#include "cloud_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return hearth::fuzz::run_dialect(hearth::chat::Dialect::kBedrock, data, size);
}
