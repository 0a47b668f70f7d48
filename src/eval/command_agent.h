#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "eval/agent.h"

namespace hearth::eval {

using Placeholders = std::vector<std::pair<std::string, std::string>>;

// A shell command with every {name} replaced by its value, quoted for the shell, so that a value is always one word. A part
// {name?text} is kept, as text, only where the value is not empty. Errors: kInvalidInput for a name that is not among them.
// Pure.
[[nodiscard]] Result<std::string> expand_command(std::string_view pattern, const Placeholders& values);

// The values of one try: workspace, prompt, prompt_file, instructions, tools_file (empty where no tools are on offer), model, url,
// seed, seconds, tokens, test_command, try.
[[nodiscard]] Placeholders placeholders_of(const AgentTask& task);

// The token counts that an agent told on the last line of its output that is a JSON object with a "usage". Pure.
[[nodiscard]] std::optional<TokenCount> told_tokens(std::string_view output);

// A program as an agent, started in the workspace once a try. Contained unless the spec says that it is trusted.
[[nodiscard]] std::unique_ptr<Agent> make_command_agent(const AgentSpec& spec);

}  // namespace hearth::eval
