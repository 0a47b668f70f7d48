#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/tuning_book.h"

// What can be read can be written, and reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::engine;
    const auto records = decode_tunings(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!records) return 0;
    const std::string text = encode_tunings(*records);
    const auto again = decode_tunings(text);
    HEARTH_ASSERT(again.has_value() && again->size() == records->size());
    HEARTH_ASSERT(encode_tunings(*again) == text);
    for (const TuningRecord& each : *again)
        HEARTH_ASSERT(each.settings.threads.value_or(1) > 0 && each.settings.batch.value_or(1) > 0);
    return 0;
}
