#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chat/fill.h"
#include "core/result.h"

// What an engine says of its marks, and the answers that it fills a gap with.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::chat;
    const std::string_view answer(reinterpret_cast<const char*>(data), size);
    if (const auto marks = fill_marks(answer)) {
        HEARTH_ASSERT(!marks->prefix.empty() && !marks->suffix.empty() && !marks->middle.empty());
        const FillRequest request{.context = {{"a", "b\n"}}, .file_name = "c", .prefix = "d", .suffix = "e"};
        HEARTH_ASSERT(fill_prompt(request, *marks).ends_with(marks->middle));
        HEARTH_ASSERT(!encode_fill(request, *marks).empty());
    }
    if (const auto reply = decode_fill(answer)) HEARTH_ASSERT(reply->usage.cached_tokens.value >= 0);
    return 0;
}
