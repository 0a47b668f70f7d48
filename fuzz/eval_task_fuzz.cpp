#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "eval/task.h"

// Any bytes as a task.toml; what is accepted can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto task = hearth::eval::parse_task(text, "fuzz.toml");
    if (!task) {
        if (!task.error().message().starts_with("fuzz.toml:")) std::abort();
        return 0;
    }
    const auto again = hearth::eval::parse_task(hearth::eval::write_task_header(*task), "fuzz.toml");
    if (!again || again->solution_files != task->solution_files || again->test_command != task->test_command)
        std::abort();
    return 0;
}
