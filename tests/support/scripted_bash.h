#pragma once
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "agent/tool.h"
#include "sandbox/workspace_files.h"

namespace hearth::test {

// Stands in for the sandbox: does and says what a command would.
class ScriptedBash final : public agent::Tool {
public:
    [[nodiscard]] chat::Tool description() const override { return {"bash", "runs", "{}"}; }

    [[nodiscard]] std::string subject(std::string_view) const override { return {}; }

    Result<agent::ToolResult> run(std::string_view, std::stop_token, const agent::OutputSink&) override {
        if (does) does();
        return says;
    }

    std::function<void()> does;
    agent::ToolResult says{"ran"};
};

// The core tools with a scripted bash, which they own, in place of theirs.
inline std::pair<agent::ToolBox, ScriptedBash*> tools_with_scripted_bash(
    const sandbox::WorkspaceFiles& files) {
    auto tools = agent::core_tools(files, {}, {});
    tools.pop_back();
    auto bash = std::make_unique<ScriptedBash>();
    auto* const lent = bash.get();
    tools.push_back(std::move(bash));
    return {std::move(tools), lent};
}

}  // namespace hearth::test
