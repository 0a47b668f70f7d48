#include "app/code_plan_first.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "agent/loop.h"
#include "agent/search_tool.h"
#include "app/code_permissions.h"
#include "app/code_workspace.h"
#include "scaffold/prompt_pack.h"

namespace hearth::app {
namespace {

constexpr int kMostPlans = 4;  // of one run, each after what a person or a hook said
constexpr int kMostTurns = 16;
constexpr std::size_t kPackBytes = 8'000;  // of the sources for a model that also looks by itself

}  // namespace

PlanFirst::PlanFirst(Parts parts)
    : parts_(std::move(parts)),
      mode_(
          {.files = parts_.files,
           .sandbox = parts_.sandbox,
           .workspace = parts_.files.root().string(),
           .test_command = parts_.test_command,
           .tests_stay = true,
           .form_tokens = {std::clamp<std::int64_t>(parts_.provider.context_window().value / 10, 600, 2'000)},
           .look_first = !parts_.text_form,
           .pack_bytes = parts_.text_form ? 0 : kPackBytes}) {}

Result<chat::Usage> PlanFirst::ask(std::vector<agent::Extension*> extensions, const std::string& words,
                                   std::stop_token stop) {
    auto tools = agent::core_tools(parts_.files, mode_.commands(), {});
    tools.push_back(agent::search_tool(parts_.files, policy::shown_by(parts_.gate)));
    tools = behind(parts_.gate, std::move(tools));
    extensions.push_back(&mode_);  // what it asks for stands last
    agent::LoopOptions options;
    options.system = std::string(parts_.text_form ? scaffold::text_system_prompt() : tools_system_prompt());
    options.form = parts_.text_form ? agent::CallForm::kText : agent::CallForm::kTools;
    options.max_turns = kMostTurns;
    options.deadline = parts_.deadline;
    const agent::LoopParts loop{parts_.session, parts_.provider, tools, std::move(extensions), parts_.events};
    const auto outcome = TRY(agent::run_loop(loop, words, options, std::move(stop)));
    if (outcome.end == agent::End::kTimeUsed)
        return Error(Code::kTimeout, "the time of the run was used up before there was a plan");
    return outcome.usage;
}

Result<PlanFirst::Outcome> PlanFirst::run(const std::vector<agent::Extension*>& extensions,
                                          const std::string& task, const std::string& given,
                                          const CodeObserver& observer, std::stop_token stop) {
    Outcome outcome;
    TRY(mode_.use_session(parts_.session.header().id, parts_.book));
    if (given.empty()) {
        TRY(mode_.begin(task));
    } else {
        TRY(mode_.adopt(given, task));
    }
    std::string words = given.empty() ? task : std::string();
    for (int plans = 0; plans < kMostPlans; ++plans) {
        if (!words.empty())
            chat::add_usage(outcome.usage, TRY(ask(plans == 0 ? extensions : std::vector<agent::Extension*>(),
                                                   words, stop)));
        if (mode_.stage() != scaffold::PlanStage::kProposed || !mode_.faults().empty()) {
            outcome.faults = mode_.faults();
            if (outcome.faults.empty()) outcome.faults = {"The model wrote no plan."};
            outcome.words = "the model wrote no plan that can be signed";
            return outcome;
        }
        if (observer.proposed) observer.proposed(mode_.record());
        const auto answer = observer.sign ? TRY(observer.sign(mode_.record())) : SignAnswer();
        if (!answer.by.empty()) {
            TRY(mode_.sign(answer.by));
            outcome.is_signed = true;
            return outcome;
        }
        if (answer.words.empty()) break;
        words = answer.words;
    }
    outcome.words = "the plan waits in PLAN.md: begin with `hearth code --sign-off PLAN.md`";
    return outcome;
}

}  // namespace hearth::app
