#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/extension.h"
#include "chat/message.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/edit_rules.h"
#include "scaffold/plan_book.h"

namespace hearth::scaffold {

// Holds a run to the rules of its project (edit_rules.h). A change that breaks one is not made, and the model is told the next step
// in the result of the call; what a command did against them is said in its result, for it is done; where the tests have to pass, a
// run whose last change was not followed by that is told so when it would end, three times at most.
// Threads: that of the run.
class RuleKeeper final : public agent::Extension {
public:
    struct Setup {
        EditRules rules;
        const sandbox::WorkspaceFiles& files;     // outlives it
        std::function<const PlanRecord*()> plan;  // the plan of now; null or empty for none
        std::function<void(std::string_view)> warn;
    };

    explicit RuleKeeper(Setup setup) : setup_(std::move(setup)) {}

    // The next prompt begins at the root again, where nothing was told yet.
    void begin_anew() { told_ = false; }

    [[nodiscard]] std::string_view name() const override { return "rules"; }

    Status on_prompt(std::string& text, std::stop_token stop) override;
    void shape(chat::Request& request) override;
    Status on_answer(chat::Message& answer) override;
    Result<std::optional<agent::ToolResult>> before_tool(chat::ToolCall& call, std::stop_token stop) override;
    Status after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token stop) override;
    Result<std::optional<std::string>> on_end(std::stop_token stop) override;

private:
    struct Seen {
        std::size_t lines = 0;
        std::size_t hash = 0;

        bool operator==(const Seen&) const = default;
    };

    using Files = std::map<std::string, Seen, std::less<>>;

    [[nodiscard]] Result<Files> look() const;
    [[nodiscard]] bool is_test_run(const chat::ToolCall& call) const;
    [[nodiscard]] std::vector<std::string> planned(const std::string& path) const;
    [[nodiscard]] std::string faults_of_command(const Files& now) const;

    Setup setup_;
    std::string said_;                     // by the model in this turn
    std::vector<std::string> looked_for_;  // functions whose neighbours were shown
    Files before_;                         // the command under way
    bool told_ = false;
    bool untested_ = false;  // changed since the tests passed
    int reminders_ = 0;
};

}  // namespace hearth::scaffold
