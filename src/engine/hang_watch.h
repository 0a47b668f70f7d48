#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "core/units.h"

namespace hearth::engine {

// What a process was doing when it was looked at.
struct Activity {
    double cpu_seconds = 0;  // of all its threads, since its start
    bool at_work = false;    // some thread was running, ready to run, or waiting for a disk
};

// How much a child may take before it counts as hung. The clock on the wall is no measure: on a machine that is busy with
// something else a healthy child can take minutes.
struct HangLimits {
    double cpu_seconds = 60;   // used without coming to an end: it runs in circles
    double idle_seconds = 15;  // with every thread asleep: it waits for something that does not come
};

// Tells a child that hangs from one that is slow, from looks at it.
// Threads: a plain value; pure.
class HangWatch {
public:
    explicit HangWatch(HangLimits limits) : limits_(limits) {}

    // One look, `now` in seconds on a steady clock. In words why it hangs, once it does.
    [[nodiscard]] std::optional<std::string> look(double now, const Activity& activity);

private:
    HangLimits limits_;
    std::optional<double> first_cpu_;
    double last_cpu_ = 0;
    double last_work_ = 0;  // when it was last seen to do something
};

// Looks at a process. Nothing when it is gone.
[[nodiscard]] std::optional<Activity> activity_of(pid_t pid);

// State letter and processor ticks of a /proc/<pid>/task/<tid>/stat line, whose name field may hold anything. Pure.
struct TaskStat {
    char state = '?';
    std::int64_t ticks = 0;
};

[[nodiscard]] std::optional<TaskStat> parse_task_stat(std::string_view line);

// Limits for loading a model and for the self-test's answer. Baselines without vector instructions may compute eight
// times as long, and accelerators sleep while their driver compiles. Pure.
[[nodiscard]] HangLimits load_limits(Bytes model_size, bool accelerator);
[[nodiscard]] HangLimits answer_limits(std::string_view variant, Bytes model_size, bool accelerator);

// For an engine that answers people: no answer is too long, but none comes from one that sleeps. Pure.
[[nodiscard]] HangLimits work_limits(bool accelerator);

}  // namespace hearth::engine
