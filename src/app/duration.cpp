#include "app/duration.h"

#include <cstdint>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::app {
namespace {

constexpr std::int64_t kMost = std::int64_t{100} * 366 * 86'400;

std::int64_t unit_seconds(char unit) {
    switch (unit) {
        case 's': return 1;
        case 'm': return 60;
        case 'h': return 3600;
        case 'd': return 86'400;
        case 'w': return std::int64_t{7} * 86'400;
        default: return 0;
    }
}

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
    const auto unit = text.empty() ? 0 : unit_seconds(text.back());
    const auto number = unit == 0 ? std::nullopt : parse_number(text.substr(0, text.size() - 1));
    if (!number || *number > kMost / unit)
        return Error(
            Code::kInvalidInput,
            fmt::format("'{}' is no length of time: write 90s, 30m, 12h, 30d or 4w, at most 100 years",
                        printable(text)));
    return std::chrono::seconds(*number * unit);
}

}  // namespace hearth::app
