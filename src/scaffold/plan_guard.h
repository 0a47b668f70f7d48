#pragma once
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tool.h"
#include "chat/message.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/plan_copy.h"
#include "scaffold/work_plan.h"

namespace hearth::scaffold {

// Keeps tools to a signed plan: a file that it does not name is not written, commands run in a copy from which only its files
// come back, and nothing is changed once PLAN.md is no longer the text that was signed.
// Threads: that of the run.
class PlanGuard {
public:
    struct Sinks {
        std::function<void(const std::string& path)> changed;    // a file of the plan
        std::function<void(const std::string& path)> deviation;  // a file beside it was asked for
        std::function<void()> tests_passed;                      // the command of the plan's tests
    };

    // `files` outlives it; `sha256` is that of the PLAN.md that was signed.
    PlanGuard(const sandbox::WorkspaceFiles& files, agent::SandboxSource sandbox, WorkPlan plan,
              std::string sha256, Sinks sinks)
        : files_(files),
          sandbox_(std::move(sandbox)),
          plan_(std::move(plan)),
          sha256_(std::move(sha256)),
          sinks_(std::move(sinks)) {}

    // A refusal, in words for the model, or nothing: the tool may run. Errors: a copy could not be made.
    Result<std::optional<agent::ToolResult>> before(const chat::ToolCall& call);

    // Brings over what a command changed, and says what stayed behind.
    Status after(const chat::ToolCall& call, agent::ToolResult& result);

    // Where a command runs that before() let through.
    [[nodiscard]] Result<const sandbox::Sandbox*> sandbox() const;

private:
    [[nodiscard]] bool plan_changed() const;
    [[nodiscard]] std::string relative(const std::string& path) const;
    std::optional<agent::ToolResult> refuse_write(const chat::ToolCall& call) const;

    const sandbox::WorkspaceFiles& files_;
    agent::SandboxSource sandbox_;
    WorkPlan plan_;
    std::string sha256_;
    Sinks sinks_;
    std::optional<PlanCopy> copy_;  // of the command under way
};

}  // namespace hearth::scaffold
