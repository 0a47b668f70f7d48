#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "scaffold/progress.h"

// Any bytes as a progress.json and as an activeContext.md: what is accepted can be written and read again, and what a person wrote around
// the part that hearth keeps stays.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::scaffold;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const SessionProgress now{.session = "fuzz", .task = text.substr(0, 100), .files = {"a"}};
    if (const auto kept = progress_with(text, now)) {
        const auto all = parse_progress(*kept);
        if (!all || all->empty() || all->back().session != "fuzz" || all->size() > 50) std::abort();
    }
    const auto context = active_context_with(text, {now});
    if (active_context_with(context, {now}) != context) std::abort();
    if (decisions_with(text, 0, "x").size() < text.size()) std::abort();
    return 0;
}
