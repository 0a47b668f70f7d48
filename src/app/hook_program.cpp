#include "app/hook_program.h"

#include <chrono>
#include <cstddef>
#include <utility>

#include "core/text.h"
#include "os/process.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{4} << 10U;  // bytes that are read of what it prints
constexpr std::chrono::minutes kTime(10);

}  // namespace

Result<HookAnswer> ask_hook_program(const std::vector<std::string>& argv, std::string input,
                                    std::stop_token stop) {
    os::Command command;
    command.argv = argv;
    command.environment = os::environment_of({"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"});
    command.input = std::move(input);
    const auto exit = TRY(os::run(command, {.timeout = kTime, .max_output = kMaxAnswer}, std::move(stop)));
    if (exit.reason == os::Exit::Reason::kStopped) return Error(Code::kCancelled, "the run was stopped");
    if (exit.ok()) return HookAnswer{.yes = true};
    if (exit.reason != os::Exit::Reason::kExited) return Error(Code::kUnavailable, os::describe(exit));
    return HookAnswer{.words = std::string(trim(to_valid_utf8(exit.out)))};
}

}  // namespace hearth::app
