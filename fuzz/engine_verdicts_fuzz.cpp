#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/verdicts.h"

// What can be read can be written, and reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::engine;
    const auto verdicts = decode_verdicts(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!verdicts) return 0;
    const std::string text = encode_verdicts(*verdicts);
    const auto again = decode_verdicts(text);
    HEARTH_ASSERT(again.has_value() && again->size() == verdicts->size());
    HEARTH_ASSERT(encode_verdicts(*again) == text);
    return 0;
}
