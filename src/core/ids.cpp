#include "core/ids.h"

#include <chrono>
#include <ctime>
#include <fmt/format.h>
#include <sys/random.h>

#include "core/result.h"
#include "core/text.h"

namespace hearth {

std::string random_hex(std::size_t digits) {
    std::string bytes((digits + 1) / 2, '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const auto got = ::getrandom(bytes.data() + have, bytes.size() - have, 0);
        if (got > 0) have += static_cast<std::size_t>(got);
        HEARTH_ASSERT(got > 0 || errno == EINTR);
    }
    return to_hex(bytes).substr(0, digits);
}

std::string uuid_v7(std::int64_t unix_ms) {
    const auto random = random_hex(18);
    constexpr std::string_view kVariant = "89ab";
    const auto variant = kVariant[static_cast<std::size_t>(random[3]) % 4];
    const auto time = fmt::format("{:012x}", static_cast<std::uint64_t>(unix_ms) & 0xFFFFFFFFFFFFULL);
    return fmt::format("{}-{}-7{}-{}{}-{}", time.substr(0, 8), time.substr(8), random.substr(0, 3), variant,
                       random.substr(3, 3), random.substr(6, 12));
}

std::int64_t unix_ms_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string iso_time(std::int64_t unix_ms) {
    const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, unix_ms % 1000);
}

}  // namespace hearth
