#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/plan_mode.h"
#include "tui/desk.h"

namespace hearth::app {

// What a session at a terminal works with to plan; all that is referred to outlives it.
struct PlanDeskParts {
    scaffold::PlanMode& mode;
    const sandbox::WorkspaceFiles& files;
    std::filesystem::path plans;  // folder of the records; empty: nothing is kept
    std::function<Status(const scaffold::PlanRecord&)> on_signed;  // a record that fails ends what was signed
};

// What a person at a terminal says of plans, and is told of them. Threads: one owner, while no run goes on.
class PlanDesk {
public:
    explicit PlanDesk(PlanDeskParts parts) : parts_(std::move(parts)) {}

    // The session that is used from here on; does nothing where it is the one already. Returns a note for the person, or nothing.
    [[nodiscard]] Result<std::string> use_session(const std::string& session);

    // The next prompt is a task to be planned. Returns a note for the person.
    [[nodiscard]] Result<std::string> begin();

    // "/plan WORDS". `edit` has a person change a text in their editor.
    [[nodiscard]] Result<tui::PlanReply> say(
        const std::string& words, const std::function<Result<std::string>(const std::string&)>& edit);

    [[nodiscard]] tui::PlanNews news();

    // How far it is, for a program: {"stage": "off", "planning", "proposed" or "signed", "faults": […]}, and where there is a plan "markdown", its
    // text, and "plan", its record (docs/plan.schema.json).
    [[nodiscard]] std::string json() const;

private:
    [[nodiscard]] Result<tui::PlanReply> sign();
    [[nodiscard]] Status record_signature();
    [[nodiscard]] std::string state() const;

    PlanDeskParts parts_;
    std::string session_;
    std::string offered_;         // hash of the plan that was last offered for its signature
    std::string failure_;         // that was told
    std::size_t deviations_ = 0;  // that were told
};

}  // namespace hearth::app
