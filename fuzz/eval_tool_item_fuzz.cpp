#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "eval/tool_item.h"

// Any bytes as a tool-use item: what is accepted is solved by its own expected calls, unless they leave a choice open.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::eval;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto item = parse_tool_item(text, "fuzz.toml");
    if (!item) {
        if (!item.error().message().starts_with("fuzz.toml:")) std::abort();
        return 0;
    }
    if (text.find("any_of") == std::string_view::npos && !score_calls(*item, item->expected).passed)
        std::abort();
    if (score_calls(*item, {}).passed != item->expected.empty()) std::abort();
    return 0;
}
