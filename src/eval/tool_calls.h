#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/tool_item.h"

namespace hearth::eval {

// How the tools of an item go to an agent and its calls come back, as files.

// Beside prompt.md in the folder of an agent's inputs: the tools on offer.
inline constexpr std::string_view kToolsFile = "tools.json";

// In the workspace: the calls of the answer. An answer that calls nothing is an empty list; no file is no answer.
inline constexpr std::string_view kCallsFile = "calls.json";

// The tools in the form of the OpenAI chat API: [{"type": "function", "function": {"name", "description", "parameters"}}].
// Pure.
[[nodiscard]] std::string tools_json(const ToolItem& item);

// A list of {"name", "arguments"}, a call on each line. Arguments that are no JSON object, or one of more than 32
// levels, are written as a text. Pure.
[[nodiscard]] std::string calls_json(const std::vector<ToolCallText>& calls);

// The same read again; arguments may be an object, a text with JSON in it, or absent.
// Errors: kInvalidInput in words when it is no such list. Pure.
[[nodiscard]] Result<std::vector<ToolCallText>> parse_calls(std::string_view text);

// The expected calls as an agent would make them: where several values are right, the first. Pure.
[[nodiscard]] std::vector<ToolCallText> reference_calls(const ToolItem& item);

// Whether a text looks like a call that was written out instead of made: a tool's name in quotes, and braces. Pure.
[[nodiscard]] bool call_in_text(const ToolItem& item, std::string_view text);

}  // namespace hearth::eval
