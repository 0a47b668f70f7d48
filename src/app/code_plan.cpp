#include "app/code_plan.h"

#include <cerrno>
#include <chrono>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <boost/json.hpp>

#include "app/code_config.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "os/process.h"
#include "os/stop_event.h"
#include "scaffold/work_plan.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxPlan = std::size_t{64} << 10U;   // bytes of a plan's file
constexpr std::size_t kMaxAnswer = std::size_t{4} << 10U;  // bytes that a person or a hook says
constexpr std::chrono::minutes kHookTime(10);

Result<SignAnswer> ask_person(std::stop_token stop) {
    fmt::print(stderr,
               "\nSign this plan (PLAN.md)? y begins, n ends here; anything else is said to the model.\n> ");
    const auto event = TRY(os::StopEvent::create(std::move(stop)));
    std::string buffer(kMaxAnswer, '\0');
    ssize_t count = -1;
    while (count < 0) {
        pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {event.fd(), POLLIN, 0}};
        if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return errno_error(errno, "the terminal");
        if (waiting[1].revents != 0) return Error(Code::kCancelled, "the plan was not signed");
        // A terminal gives one line.
        if (waiting[0].revents != 0) count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && waiting[0].revents != 0 && errno != EINTR) return errno_error(errno, "the terminal");
    }
    const auto line =
        to_valid_utf8(trim(std::string_view(buffer).substr(0, static_cast<std::size_t>(count))));
    const auto answer = to_lower_ascii(line);
    if (answer == "y" || answer == "yes") return SignAnswer{"person", ""};
    if (answer.empty() || answer == "n" || answer == "no") return SignAnswer{};
    return SignAnswer{"", line};
}

Result<SignAnswer> ask_hook(const std::vector<std::string>& hook, const scaffold::PlanRecord& plan,
                            std::stop_token stop) {
    auto record = TRY(parse_json(scaffold::plan_record_json(plan)));
    record.get_object()["markdown"] = scaffold::plan_markdown(plan.plan);
    os::Command command;
    command.argv = hook;
    command.environment = os::environment_of({"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"});
    command.input = json::serialize(record) + "\n";
    const auto exit = TRY(os::run(command, {.timeout = kHookTime, .max_output = kMaxAnswer}, std::move(stop))
                              .context("the program that signs plans (sign_off in config.toml)"));
    if (exit.reason == os::Exit::Reason::kStopped)
        return Error(Code::kCancelled, "the plan was not signed: the run was stopped");
    if (exit.ok()) return SignAnswer{"hook", ""};
    if (exit.reason != os::Exit::Reason::kExited)
        return Error(Code::kUnavailable, fmt::format("the program that signs plans: {}", os::describe(exit)));
    return SignAnswer{"", std::string(trim(to_valid_utf8(exit.out)))};
}

}  // namespace

Result<SignOff> parse_sign_off(const os::Paths& paths, const std::string& option, bool can_ask) {
    if (option.empty()) return SignOff{.way = can_ask ? SignOff::Way::kAsk : SignOff::Way::kNone};
    if (option == "no") return SignOff{.way = SignOff::Way::kNo};
    if (option == "yes") return SignOff{.way = SignOff::Way::kYes};
    if (option != "hook") {
        const auto text =
            TRY(os::read_file(option, kMaxPlan).context("--sign-off takes yes, hook or a plan's file"));
        TRY(scaffold::parse_plan_markdown(text).context(option));
        return SignOff{.way = SignOff::Way::kFile, .plan = text};
    }
    auto config = TRY(read_code_config(paths));
    if (config.sign_off.empty() || config.sign_off.front().empty()) {
        return Error(Code::kInvalidInput,
                     fmt::format("--sign-off hook: name the program in {}: [code] sign_off = "
                                 "[\"/path/of/program\", \"argument\"]",
                                 config.file));
    }
    return SignOff{.way = SignOff::Way::kHook, .hook = std::move(config.sign_off)};
}

Signer make_signer(SignOff way, std::stop_token stop) {
    return [way = std::move(way),
            stop = std::move(stop)](const scaffold::PlanRecord& plan) -> Result<SignAnswer> {
        switch (way.way) {
            case SignOff::Way::kNone:
            case SignOff::Way::kNo: return SignAnswer{};
            case SignOff::Way::kAsk: return ask_person(stop);
            case SignOff::Way::kYes: return SignAnswer{"flag", ""};
            case SignOff::Way::kFile: return SignAnswer{"file", ""};
            case SignOff::Way::kHook: return ask_hook(way.hook, plan, stop);
        }
        return SignAnswer{};
    };
}

}  // namespace hearth::app
