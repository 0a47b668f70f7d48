#include "scaffold/plan_guard.h"

#include <fmt/format.h>
#include <utility>

#include "agent/file_change.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::scaffold {
namespace {

bool writes(const chat::ToolCall& call) { return call.name == "write" || call.name == "edit"; }

std::string names_of(const WorkPlan& plan) {
    std::vector<std::string> names;
    for (const auto& file : plan.files)
        names.push_back(file.path);
    return join(names, ", ");
}

}  // namespace

bool PlanGuard::plan_changed() const {
    const auto text = files_.read(kPlanFile);
    return !text || os::sha256(*text) != sha256_;
}

// A path as the plan has it; one that leads out of the folder stays as it is and is none of the plan's.
std::string PlanGuard::relative(const std::string& path) const {
    auto text = plan_path(agent::path_below(files_.root(), path));
    return text.empty() ? path : text;
}

std::optional<agent::ToolResult> PlanGuard::refuse_write(const chat::ToolCall& call) const {
    const auto given = agent::path_argument(call.arguments);
    if (given.empty()) return std::nullopt;  // the tool says what it needs
    const auto path = relative(given);
    if (plan_.find(path) != nullptr) return std::nullopt;
    sinks_.deviation(path);
    return agent::ToolResult{
        fmt::format(
            "Not written: the signed plan is about {}. Make the change there. If {} has to change too, "
            "say in one sentence why, and stop: the plan is then signed anew.",
            names_of(plan_), path),
        true};
}

Result<std::optional<agent::ToolResult>> PlanGuard::before(const chat::ToolCall& call) {
    copy_.reset();
    const bool runs = call.name == "bash";
    if (!writes(call) && !runs) return std::optional<agent::ToolResult>();
    if (plan_changed()) {
        return std::optional(
            agent::ToolResult{"Not done: PLAN.md is no longer the text that was signed. Say so and stop: "
                              "the plan is signed anew before work goes on.",
                              true});
    }
    if (!runs) return refuse_write(call);
    copy_.emplace(TRY(PlanCopy::create(files_, *TRY(sandbox_()), plan_)));
    return std::optional<agent::ToolResult>();
}

Status PlanGuard::after(const chat::ToolCall& call, agent::ToolResult& result) {
    if (writes(call) && !result.is_error) sinks_.changed(relative(agent::path_argument(call.arguments)));
    if (!copy_) return {};
    const auto copy = std::exchange(copy_, std::nullopt);
    const auto carried = TRY(copy->carry());
    for (const auto& path : carried.taken)
        sinks_.changed(path);
    for (const auto& path : carried.left)
        sinks_.deviation(path);
    if (!carried.left.empty())
        result.text += fmt::format("\n[not kept, because the signed plan does not name it: {}]",
                                   join(carried.left, ", "));
    if (!carried.changed.empty())
        result.text += fmt::format("\n[not kept, because somebody else changed it meanwhile: {}]",
                                   join(carried.changed, ", "));
    const bool tests = !plan_.tests.empty() && trim(agent::command_argument(call.arguments)) == plan_.tests;
    if (tests && !result.is_error && !result.goes_on) sinks_.tests_passed();
    return {};
}

Result<const sandbox::Sandbox*> PlanGuard::sandbox() const {
    if (copy_) return &copy_->sandbox();
    return sandbox_();
}

}  // namespace hearth::scaffold
