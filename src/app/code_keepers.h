#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/background_shells.h"
#include "agent/extension.h"
#include "agent/model_directory.h"
#include "agent/search_tool.h"
#include "agent/tool.h"
#include "app/code_audit.h"
#include "app/code_chat.h"
#include "app/code_memory.h"
#include "app/code_plan_desk.h"
#include "core/known_secrets.h"
#include "core/result.h"
#include "os/paths.h"
#include "sandbox/workspace_files.h"
#include "scaffold/card_keeper.h"
#include "scaffold/edit_rules.h"
#include "scaffold/evidence_keeper.h"
#include "scaffold/plan_mode.h"
#include "scaffold/rule_keeper.h"
#include "scaffold/syntax_gate.h"

namespace hearth::app {

// What a session with tools is held to, told and what is kept of it: its plan, the memory and the rules of its project, cards.
// Threads: that of the run, and its owner while no run goes on.
class CodeKeepers {
public:
    // All that is referred to outlives it.
    struct Parts {
        const os::Paths& paths;
        const ChatRequest& request;
        const sandbox::WorkspaceFiles& files;
        agent::SandboxSource sandbox;
        std::shared_ptr<CodeAudit> audit;  // shared with the sandbox and the tools
        std::optional<scaffold::EditRules> rules;
        agent::FileFilter may_show;                   // of the gate; all files without one
        std::shared_ptr<const KnownSecrets> secrets;  // shared with all that keeps them out
        const agent::ModelInfo& model;                // that the session begins with; lent for open()
        std::function<bool()> model_at_hand;          // whether that of now is (is_at_hand)
    };

    static Result<std::unique_ptr<CodeKeepers>> open(Parts parts);

    // Of every run.
    [[nodiscard]] std::vector<agent::Extension*> extensions() const;

    // Where tools run commands.
    [[nodiscard]] agent::SandboxSource commands() const { return plan_->commands(); }

    // Tools of what it keeps, which it outlives; often none.
    [[nodiscard]] agent::ToolBox tools() const;

    // Where commands of `bash` go on; null where they cannot.
    [[nodiscard]] agent::BackgroundShells* background_shells() const { return shells_.get(); }

    void end_background_shells() const {
        if (shells_) shells_->end_all();
    }

    [[nodiscard]] PlanDesk& plans() { return *plans_; }

    // What belongs to a session changes with it. Returns a note for the person, or nothing.
    [[nodiscard]] Result<std::string> use_session(const std::string& session);

    // The same where nobody sits at a terminal, and the plan as the request wants it. A session that has a signed plan keeps to it, whoever
    // goes on with it.
    Status begin(const std::string& session);

    // A plan waits for its signature.
    [[nodiscard]] bool plan_waits() const { return plan_->stage() == scaffold::PlanStage::kProposed; }

    // What the model could not mend in the plan that was asked for; empty where there is one.
    [[nodiscard]] std::string plan_failure() const;

    // Says which files the agent wanted to change beside its plan since it was last said.
    void say_deviations();

    // True when a plan waited and is signed now, as the request says.
    [[nodiscard]] Result<bool> sign_plan();

    // Where sentences for the person go; standard error until it is set.
    std::function<void(std::string_view)> warn;

private:
    CodeKeepers(const ChatRequest& request, std::shared_ptr<CodeAudit> audit);
    Status add_by_config(Parts parts);

    const ChatRequest& request_;
    std::shared_ptr<CodeAudit> audit_;
    std::unique_ptr<scaffold::PlanMode> plan_;
    std::unique_ptr<PlanDesk> plans_;
    std::unique_ptr<CodeMemory> memory_;                  // where the project has one
    std::unique_ptr<scaffold::SyntaxGate> syntax_;        // but where it is off
    std::unique_ptr<scaffold::RuleKeeper> rules_;         // where the project has some
    std::unique_ptr<scaffold::EvidenceKeeper> evidence_;  // where it was asked for
    std::unique_ptr<scaffold::CardKeeper> cards_;         // where they are asked for
    std::unique_ptr<agent::BackgroundShells> shells_;     // likewise
};

}  // namespace hearth::app
