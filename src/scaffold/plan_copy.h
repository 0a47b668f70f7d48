#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_copy.h"
#include "sandbox/workspace_files.h"
#include "scaffold/work_plan.h"

namespace hearth::scaffold {

// What became of the changes that a command made in its copy.
struct Carried {
    std::vector<std::string> taken;  // files of the plan, now as the command left them
    std::vector<std::string> left;   // what it changed beside the plan
    std::vector<std::string>
        changed;  // files of the plan that somebody else changed meanwhile, and which stay as that one left them
};

// A copy of the workspace in which a command runs while a plan is in force, so that it can change nothing that the plan
// does not name, whatever it does. Threads: one owner.
class PlanCopy {
public:
    // Errors: those of copying and reading the workspace.
    static Result<PlanCopy> create(const sandbox::WorkspaceFiles& files, const sandbox::Sandbox& sandbox,
                                   const WorkPlan& plan);

    // Runs commands in the copy; lives as long as this object, and is moved with it.
    [[nodiscard]] const sandbox::Sandbox& sandbox() const { return *sandbox_; }

    // Brings the files of the plan over. Errors: those of the files.
    [[nodiscard]] Result<Carried> carry() const;

private:
    using Contents = std::map<std::string, std::string, std::less<>>;

    PlanCopy(const sandbox::WorkspaceFiles& files, sandbox::WorkspaceCopy copy, const WorkPlan& plan,
             std::unique_ptr<sandbox::Sandbox> sandbox)
        : files_(&files), copy_(std::move(copy)), plan_(plan), sandbox_(std::move(sandbox)) {}

    [[nodiscard]] Status carry_file(const sandbox::WorkspaceFiles& copied, const std::string& path,
                                    Carried& out) const;
    [[nodiscard]] Status find_left(const sandbox::WorkspaceFiles& copied, Carried& out) const;

    const sandbox::WorkspaceFiles* files_;
    sandbox::WorkspaceCopy copy_;
    WorkPlan plan_;
    std::unique_ptr<sandbox::Sandbox> sandbox_;
    Contents before_;  // files of the plan that there were
};

}  // namespace hearth::scaffold
