#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "eval/tool_calls.h"

// Any bytes as the calls that an agent wrote: what is accepted can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::eval;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto calls = parse_calls(text);
    if (!calls) {
        if (!calls.error().message().starts_with(kCallsFile)) std::abort();
        return 0;
    }
    // Numbers of many digits may change in the last one, so the texts of the arguments are not compared.
    const auto again = parse_calls(calls_json(*calls));
    if (!again || !std::ranges::equal(*again, *calls, {}, &ToolCallText::name, &ToolCallText::name))
        std::abort();
    return 0;
}
