#pragma once
#include <stop_token>
#include <string_view>
#include <vector>

#include "agent/extension.h"
#include "agent/tool.h"
#include "chat/message.h"
#include "core/result.h"

namespace hearth::agent {

// What extensions say of tools: which ones a model has, and what a call of one gives. Threads: that of the run.

// The tools that every extension offers now.
[[nodiscard]] std::vector<chat::Tool> offered_tools(const ToolBox& tools,
                                                    const std::vector<Extension*>& extensions);

// The one of that name among them; null for none.
[[nodiscard]] Tool* find_offered(const ToolBox& tools, const std::vector<Extension*>& extensions,
                                 std::string_view name);

// What a model is told that called a tool which is not among those offered.
[[nodiscard]] ToolResult unknown_tool(std::string_view name, const std::vector<chat::Tool>& offered);

// What the first extension answers in place of the tool, else what the tool does; then what those add to it that let the call pass.
// Errors: those of the tool and of the extensions.
[[nodiscard]] Result<ToolResult> run_extended(const chat::ToolCall& call, Tool& tool,
                                              const std::vector<Extension*>& extensions, std::stop_token stop,
                                              const OutputSink& on_output);

}  // namespace hearth::agent
