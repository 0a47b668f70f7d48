// The code of toml++ itself.
#define TOML_IMPLEMENTATION
#include "core/toml.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth {

Error toml_error(const std::filesystem::path& file, const toml::source_region& place, std::string_view what) {
    return {Code::kInvalidInput,
            fmt::format("{}:{}:{}: {}", file.string(), std::max<toml::source_index>(place.begin.line, 1),
                        std::max<toml::source_index>(place.begin.column, 1), what)};
}

}  // namespace hearth
