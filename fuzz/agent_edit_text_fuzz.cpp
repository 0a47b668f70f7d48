#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/edit_text.h"
#include "core/result.h"
#include "core/text.h"

// Content, old and new text, parted by lines "====".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 20'000) return 0;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto next = [&] {
        constexpr std::string_view kParting = "====\n";
        const auto at = text.find(kParting);
        const auto part = text.substr(0, at);
        text = at == std::string_view::npos ? std::string_view() : text.substr(at + kParting.size());
        return part;
    };
    const auto content = next();
    const auto old_text = next();
    const auto new_text = next();
    const auto edited = hearth::agent::edit_text(content, old_text, new_text);
    if (!edited) {
        HEARTH_ASSERT(!edited.error().message().empty() && edited.error().message().size() < 100'000);
        return 0;
    }
    HEARTH_ASSERT(!hearth::trim(old_text).empty());
    HEARTH_ASSERT(edited->size() <= 2 * content.size() + new_text.size() * (content.size() + 2) + 2);
    return 0;
}
