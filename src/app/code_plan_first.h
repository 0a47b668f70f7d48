#pragma once
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/event.h"
#include "agent/extension.h"
#include "agent/session.h"
#include "agent/tool.h"
#include "app/code_job.h"
#include "chat/provider.h"
#include "core/result.h"
#include "policy/gate.h"
#include "sandbox/workspace_files.h"
#include "scaffold/plan_mode.h"

namespace hearth::app {

// The plan of a job and its signature, before the job's own work. Threads: one owner.
class PlanFirst {
public:
    // All that is referred to outlives it.
    struct Parts {
        const sandbox::WorkspaceFiles& files;
        agent::Session& session;
        chat::Provider& provider;
        agent::SandboxSource sandbox;
        std::shared_ptr<policy::Gate> gate;  // shared with the tools of the work; may be none
        scaffold::PlanBook book;
        agent::EventSink events;
        std::string test_command;
        bool text_form = true;  // a small model: it is shown the sources and fills in the form at once
        std::chrono::steady_clock::time_point deadline;
    };

    struct Outcome {
        bool is_signed = false;
        std::string words;                // how it ended, for a person
        std::vector<std::string> faults;  // of the last plan, where none could be made
        chat::Usage usage;
    };

    explicit PlanFirst(Parts parts);

    // Makes the plan (or takes `given`), shows it, and asks for its signature. What is said instead of signing leads to another plan, three
    // times at most. `extensions` say what stands behind the task (sources, notes), also in later runs of this session.
    // Errors: those of the model, the session, the files and the signer; kInvalidInput for a given plan with faults.
    [[nodiscard]] Result<Outcome> run(const std::vector<agent::Extension*>& extensions,
                                      const std::string& task, const std::string& given,
                                      const CodeObserver& observer, std::stop_token stop);

    [[nodiscard]] scaffold::PlanMode& mode() { return mode_; }

private:
    [[nodiscard]] Result<chat::Usage> ask(std::vector<agent::Extension*> extensions, const std::string& words,
                                          std::stop_token stop);

    Parts parts_;
    scaffold::PlanMode mode_;
};

}  // namespace hearth::app
