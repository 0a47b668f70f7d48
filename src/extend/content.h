#pragma once
#include <string>
#include <string_view>

#include "agent/tool.h"
#include "core/json.h"
#include "core/result.h"

namespace hearth::extend {

// The text of {"content": "…" | [{"type":"text","text":"…"}, …]}; what no model here can see is named in its place. Pure.
[[nodiscard]] std::string content_text(const json::value& holder);

// A tool's result as an extension gives it: {"content", "details"?, "isError"?, "terminate"?}. What it lacks stays as it is in `before`.
// Images in the content are the result's. Errors: kCorrupt; kTooLarge for too many images. Pure.
[[nodiscard]] Result<agent::ToolResult> tool_result(std::string_view json, agent::ToolResult before = {});

}  // namespace hearth::extend
