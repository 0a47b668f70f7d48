#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "guard/prices.h"

// Any bytes as a file of prices: what is accepted has a currency and prices that can be calculated with.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::guard;
    const auto prices =
        parse_prices(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz.toml");
    if (!prices) {
        HEARTH_ASSERT(prices.error().message().starts_with("fuzz.toml:"));
        return 0;
    }
    const Usage sum{.requests = 1, .prompt = {1'000'000'000}, .cached = {1000}, .generated = {1'000'000}};
    const UsageLine line{.name = "x", .total = sum, .models = {{"qwen3:8b", sum}}};
    const auto value = book_value(line, *prices);
    HEARTH_ASSERT(!value ||
                  (std::isfinite(value->amount) && value->amount >= 0 && !prices->currency.empty()));
    return 0;
}
