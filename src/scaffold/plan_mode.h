#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/extension.h"
#include "agent/tool.h"
#include "chat/message.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/plan_book.h"
#include "scaffold/plan_form.h"
#include "scaffold/plan_guard.h"
#include "scaffold/project.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

enum class PlanStage : std::uint8_t {
    kOff,       // no plan is asked for
    kPlanning,  // the next prompt is the task; the model can only look
    kProposed,  // PLAN.md waits for a signature; what is said now changes the plan
    kSigned,    // the plan is carried out, and nothing else
};

struct PlanModeSetup {
    const sandbox::WorkspaceFiles& files;  // outlives it
    agent::SandboxSource sandbox;          // of the workspace
    std::string workspace;
    std::optional<std::string>
        test_command;            // empty when there is none; nothing: found by the project's files
    bool tests_stay = false;     // test files may not be changed
    Tokens form_tokens{1'200};   // of the plan; four of them and the task have to fit into the window
    bool look_first = true;      // the model may look around with tools before it writes the plan
    bool search_stays = false;   // the tool search is also offered where no plan is made
    std::size_t pack_bytes = 0;  // of the sources that are put behind the task; 0: they are there already
};

// Plan, signature, work: first the model only looks and fills in a plan in a form that code checks; nothing is run or changed before
// the plan is signed; then tools keep to it (plan_guard.h). What happens is kept in a PlanBook by code, not by the model.
//
// Faults of a plan go back to the model at once, three times at most. A signature is of one text of PLAN.md: with another text no tool
// changes anything until that is signed.
// Threads: begin(), sign() and the like while no run goes on; the rest by the run's thread.
class PlanMode final : public agent::Extension {
public:
    explicit PlanMode(PlanModeSetup setup) : setup_(std::move(setup)) {}

    // The session whose plan this is. A plan of it that was signed and not finished is in force again; one that waits for its signature
    // waits again. Returns a sentence on that for the person, or nothing. Errors: those of the book.
    [[nodiscard]] Result<std::string> use_session(const std::string& session, PlanBook book);

    // The next prompt is a task to be planned, in the words of `task` where the prompt has more than those. Errors: kConflict when a PLAN.md
    // is there that is no plan of this form.
    [[nodiscard]] Status begin(std::string task = {});

    // Takes a plan that a person wrote or changed. Errors: kInvalidInput with what is wrong in it.
    [[nodiscard]] Status adopt(std::string_view markdown, std::string_view task);

    // Signs PLAN.md as it is now. Errors: kConflict when there is no plan to sign; kInvalidInput with what is wrong in it.
    [[nodiscard]] Status sign(const std::string& by);

    // The signed plan with one more file, signed anew. Errors: as sign().
    [[nodiscard]] Status allow(std::string_view path, const std::string& by);

    // The plan is no longer followed.
    [[nodiscard]] Status drop();

    // The tests were run and pass: what is left of steps whose files have changed is done.
    [[nodiscard]] Status tests_passed();

    [[nodiscard]] PlanStage stage() const { return stage_; }

    [[nodiscard]] const PlanRecord& record() const { return record_; }

    // Why there is no plan after the model tried; none when there is one.
    [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

    [[nodiscard]] std::size_t steps_done() const;

    // Where commands run now: in the workspace, or in the copy of the call under way. To be given to the tools; this object outlives it.
    [[nodiscard]] agent::SandboxSource commands();

    [[nodiscard]] std::string_view name() const override { return "plan-mode"; }

    Status on_prompt(std::string& text, std::stop_token stop) override;
    [[nodiscard]] bool offers(std::string_view tool) const override;
    void shape(chat::Request& request) override;
    Status on_answer(chat::Message& answer) override;
    Result<std::optional<agent::ToolResult>> before_tool(chat::ToolCall& call, std::stop_token stop) override;
    Status after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token stop) override;
    Result<std::optional<std::string>> on_end(std::stop_token stop) override;

private:
    [[nodiscard]] Status look_at_project(const std::string& task);
    [[nodiscard]] PlanFormInput form_input() const;
    [[nodiscard]] Status propose(WorkPlan plan);
    [[nodiscard]] Status write_plan();
    void follow();
    void file_changed(const std::string& path);
    void tick_after_tests();
    void deviated(const std::string& path);
    [[nodiscard]] Status save();

    PlanModeSetup setup_;
    PlanBook book_;
    PlanRecord record_;
    PlanStage stage_ = PlanStage::kOff;
    std::optional<PlanGuard> guard_;
    Project project_;  // as it was when the form was made
    std::vector<Target> targets_;
    std::string schema_;
    bool asked_ = false;     // the task was told
    bool form_due_ = false;  // the next answer is the form
    bool told_ = false;      // the model knows the signed plan
    bool unsaved_ = false;   // the record changed since it was written
    int attempts_ = 0;       // at the form
    std::vector<std::string> faults_;
    std::vector<bool> touched_;  // steps whose file has changed
};

}  // namespace hearth::scaffold
