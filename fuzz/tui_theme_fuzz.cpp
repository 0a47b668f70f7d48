#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "tui/theme_file.h"

// A theme file: what is accepted has a name that names no path.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto theme = hearth::tui::parse_theme({reinterpret_cast<const char*>(data), size});
    HEARTH_ASSERT(!theme || (!theme->name.empty() && theme->name.find('/') == std::string::npos));
    return 0;
}
