#pragma once
#include <cstdint>
#include <string>

#include "agent/extension.h"
#include "agent/session.h"
#include "scaffold/workbench.h"

namespace hearth::scaffold {

// Runs the tests after every batch of edits: green ends the run; else the model gets the distilled failure at the tail of the tool
// result. Keeps the best state. A turn that gained nothing is taken back: the files return to the best state and the next
// turn starts from the first message again, so that failed attempts do not fill the context.
class TestLoop final : public agent::Extension {
public:
    // `max_idle_turns`: turns without any gain after which the run is given up.
    TestLoop(Workbench& bench, const agent::Session& session, int max_idle_turns)
        : bench_(bench), session_(session), max_idle_turns_(max_idle_turns) {}

    [[nodiscard]] std::string_view name() const override { return "test-loop"; }

    Status on_prompt(std::string& text, std::stop_token stop) override;

    Result<agent::Verdict> after_tools(std::string& feedback, std::stop_token stop) override;

    std::string restart_from() override;

private:
    Workbench& bench_;
    const agent::Session& session_;
    int max_idle_turns_;
    std::size_t first_entry_ = 0;  // of this run in the session
    int idle_turns_ = 0;
    bool restart_ = false;
    std::int64_t best_score_ = -1;
};

}  // namespace hearth::scaffold
