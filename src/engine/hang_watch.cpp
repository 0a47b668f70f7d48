#include "engine/hang_watch.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "core/text.h"
#include "os/files.h"

namespace hearth::engine {

namespace {

constexpr double kIdleSeconds = 15;
constexpr double kAcceleratorIdleSeconds = 120;

double gib(Bytes size) {
    return static_cast<double>(std::max<std::int64_t>(size.value, 0)) / static_cast<double>(kGiB);
}

}  // namespace

std::optional<std::string> HangWatch::look(double now, const Activity& activity) {
    if (!first_cpu_) {
        first_cpu_ = last_cpu_ = activity.cpu_seconds;
        last_work_ = now;
    }
    if (activity.at_work || activity.cpu_seconds > last_cpu_) last_work_ = now;
    last_cpu_ = std::max(last_cpu_, activity.cpu_seconds);
    const double used = last_cpu_ - *first_cpu_;
    if (used > limits_.cpu_seconds)
        return fmt::format("it used {} of processor time without an answer", human_seconds(used));
    if (now - last_work_ > limits_.idle_seconds)
        return fmt::format("it slept for {} without an answer", human_seconds(now - last_work_));
    return std::nullopt;
}

std::optional<TaskStat> parse_task_stat(std::string_view line) {
    const std::size_t end_of_name = line.rfind(')');
    if (end_of_name == std::string_view::npos || end_of_name + 2 >= line.size()) return std::nullopt;
    // The state is the third field; user and system time are the 14th and 15th.
    const std::vector<std::string_view> fields = split(trim(line.substr(end_of_name + 2)), ' ');
    if (fields.size() < 13 || fields[0].size() != 1) return std::nullopt;
    const std::optional<std::int64_t> user = parse_number(fields[11]);
    const std::optional<std::int64_t> system = parse_number(fields[12]);
    if (!user || !system || *user > INT64_MAX / 2 || *system > INT64_MAX / 2) return std::nullopt;
    return TaskStat{.state = fields[0][0], .ticks = *user + *system};
}

std::optional<Activity> activity_of(pid_t pid) {
    const std::filesystem::path process = fmt::format("/proc/{}", pid);
    const std::optional<TaskStat> whole =
        parse_task_stat(os::read_file(process / "stat", 65'536).value_or(""));
    if (!whole) return std::nullopt;
    Activity activity{
        .cpu_seconds = static_cast<double>(whole->ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)),
        .at_work = false};
    std::error_code error;
    for (std::filesystem::directory_iterator each(process / "task", error), end; !error && each != end;
         each.increment(error)) {
        const std::optional<TaskStat> task =
            parse_task_stat(os::read_file(each->path() / "stat", 65'536).value_or(""));
        if (task && (task->state == 'R' || task->state == 'D')) activity.at_work = true;
    }
    return activity;
}

HangLimits load_limits(Bytes model_size, bool accelerator) {
    return {.cpu_seconds = 60 + 60 * gib(model_size),
            .idle_seconds = accelerator ? kAcceleratorIdleSeconds : kIdleSeconds};
}

HangLimits answer_limits(std::string_view variant, Bytes model_size, bool accelerator) {
    const bool slow = variant == "x64" || variant.ends_with("+x64") || variant == "sse42" || variant == "own";
    return {.cpu_seconds = (20 + 30 * gib(model_size)) * (slow ? 8 : 1),
            .idle_seconds = accelerator ? kAcceleratorIdleSeconds : kIdleSeconds};
}

HangLimits work_limits(bool accelerator) {
    return {.cpu_seconds = std::numeric_limits<double>::infinity(),
            .idle_seconds = accelerator ? kAcceleratorIdleSeconds : kIdleSeconds};
}

}  // namespace hearth::engine
