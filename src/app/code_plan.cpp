#include "app/code_plan.h"

#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "app/code_config.h"
#include "app/hook_program.h"
#include "app/terminal_line.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "scaffold/work_plan.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxPlan = std::size_t{64} << 10U;  // bytes of a plan's file

Result<SignAnswer> ask_person(std::stop_token stop) {
    fmt::print(stderr,
               "\nSign this plan (PLAN.md)? y begins, n ends here; anything else is said to the model.\n> ");
    const auto line = TRY(read_terminal_line(std::move(stop)).context("the plan was not signed"));
    const auto answer = to_lower_ascii(line);
    if (answer == "y" || answer == "yes") return SignAnswer{"person", ""};
    if (answer.empty() || answer == "n" || answer == "no") return SignAnswer{};
    return SignAnswer{"", line};
}

Result<SignAnswer> ask_hook(const std::vector<std::string>& hook, const scaffold::PlanRecord& plan,
                            std::stop_token stop) {
    auto record = TRY(parse_json(scaffold::plan_record_json(plan)));
    record.get_object()["markdown"] = scaffold::plan_markdown(plan.plan);
    const auto answer = TRY(ask_hook_program(hook, json::serialize(record) + "\n", std::move(stop))
                                .context("the program that signs plans (sign_off in config.toml)"));
    return answer.yes ? SignAnswer{"hook", ""} : SignAnswer{"", answer.words};
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
    auto config = TRY(read_code_config(paths.config));
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
