#include "engine/process_stats.h"

#include <fmt/format.h>
#include <string>
#include <vector>

#include "core/text.h"
#include "engine/hang_watch.h"
#include "os/files.h"

namespace hearth::engine {

namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20U;
constexpr std::int64_t kMostTicks = INT64_MAX / 16;
constexpr std::size_t kStates =
    8;  // user, nice, system, idle, waiting, interrupts (two), stolen; guests are part of user
constexpr std::size_t kIdle = 3;
constexpr std::size_t kWaiting = 4;
constexpr double kMostOfOthers = 0.1;

}  // namespace

std::optional<ProcessorTicks> parse_processor_ticks(std::string_view stat) {
    constexpr std::string_view kAll = "cpu ";
    for (const std::string_view line : split_lines(stat)) {
        if (!line.starts_with(kAll)) continue;
        const std::vector<std::string_view> fields = split(trim(line.substr(kAll.size())), ' ');
        if (fields.size() < kStates) return std::nullopt;
        ProcessorTicks ticks;
        for (std::size_t i = 0; i < kStates; ++i) {
            const auto count = parse_number(fields[i]);
            if (!count || *count > kMostTicks) return std::nullopt;
            ticks.all += *count;
            if (i != kIdle && i != kWaiting) ticks.busy += *count;
        }
        return ticks;
    }
    return std::nullopt;
}

std::optional<ProcessorTicks> processor_ticks(pid_t process) {
    auto ticks = parse_processor_ticks(os::read_file("/proc/stat", kMostText).value_or(""));
    const auto own =
        parse_task_stat(os::read_file(fmt::format("/proc/{}/stat", process), kMostText).value_or(""));
    if (!ticks || !own) return std::nullopt;
    ticks->child = own->ticks;
    return ticks;
}

bool undisturbed(const ProcessorTicks& before, const ProcessorTicks& after) {
    const std::int64_t all = after.all - before.all;
    const std::int64_t others = (after.busy - before.busy) - (after.child - before.child);
    return all > 0 && static_cast<double>(others) <= kMostOfOthers * static_cast<double>(all);
}

}  // namespace hearth::engine
