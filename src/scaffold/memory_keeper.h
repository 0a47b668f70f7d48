#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/extension.h"
#include "chat/message.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/memory_bank.h"
#include "scaffold/plan_book.h"

namespace hearth::scaffold {

// Tells a model what the memory of a project has, and keeps the memory by what happens in a run: the task, files that tools and
// commands changed, what the tests said before and after, the steps of a signed plan.
//
// The notes stand behind the first prompt of a session, and again behind a later one when a compaction took them: nothing that was sent
// changes, and all sessions begin with the same words.
// Threads: that of the run; use_session() while no run goes on.
class MemoryKeeper final : public agent::Extension {
public:
    struct Setup {
        MemoryBank& bank;  // all that is referred to outlives it
        const sandbox::WorkspaceFiles& files;
        std::string model;
        std::string test_command;                 // empty when none is known
        std::size_t note_bytes = 2'000;           // of the notes
        std::function<const PlanRecord*()> plan;  // the plan of now; null for none
        std::function<void(std::string_view)> warn;
    };

    explicit MemoryKeeper(Setup setup) : setup_(std::move(setup)) {}

    // The session that is kept from here on; `task` where its first prompt has more than that.
    void use_session(const std::string& session, std::string task = {});

    // The next prompt begins at the root again, where nothing was told yet.
    void begin_anew() { told_ = was_told_ = false; }

    // The tests were run. Words as summary() has them.
    Status tests_ran(const std::string& command, const std::string& outcome, bool green);

    // What is known now is written, with the files that differ from the session's beginning.
    Status keep();

    [[nodiscard]] std::string_view name() const override { return "memory"; }

    Status on_prompt(std::string& text, std::stop_token stop) override;
    void shape(chat::Request& request) override;
    Status after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token stop) override;
    Result<agent::Verdict> after_tools(std::string& feedback, std::stop_token stop) override;
    Result<std::optional<std::string>> on_end(std::stop_token stop) override;

private:
    Status find_changes();
    [[nodiscard]] std::string notes();

    Setup setup_;
    SessionProgress now_;
    std::map<std::string, std::string, std::less<>>
        before_;           // hashes of files by path, at the session's beginning
    bool looked_ = false;  // before_ is known
    bool told_ = false;    // the context of the next request has the notes
    bool was_told_ = false;
    bool unsaved_ = false;
    std::string signature_;  // of the plan that was written down as a decision
};

}  // namespace hearth::scaffold
