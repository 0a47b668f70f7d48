#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probe/advice.h"
#include "probe/card.h"

// What can be read can be written, and reads the same again but for the last digit of a fraction; shares are within what was asked; advice can
// be made of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::probe;
    const auto card = decode_card(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!card) return 0;
    const auto again = decode_card(encode_card(*card));
    HEARTH_ASSERT(again.has_value());
    HEARTH_ASSERT(again->calls == card->calls && again->thinking == card->thinking);
    HEARTH_ASSERT(again->window == card->window && again->fill == card->fill);
    HEARTH_ASSERT(again->edits.size() == card->edits.size() && again->batch.size() == card->batch.size());
    for (const EditShare& each : card->edits)
        HEARTH_ASSERT(each.right.right <= each.right.asked && each.usable.right <= each.usable.asked);
    const Advice advice = advice_of(*card, card->machine);
    HEARTH_ASSERT(advice.candidates.value_or(1) >= 1);
    HEARTH_ASSERT(!advice.window || advice.window->value > 0);
    return 0;
}
