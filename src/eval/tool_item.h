#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::eval {

struct ToolDescription {
    std::string name;
    std::string description;
    std::string parameters;  // a JSON schema, compact
};

struct ToolCallText {
    std::string name;
    std::string arguments;  // JSON, as a model gave it
};

// A prompt, the tools that are offered, and the calls that are right. No expected call: the right thing is to call nothing.
struct ToolItem {
    std::string title;
    std::string prompt;
    std::vector<std::string> tags;
    std::vector<ToolDescription> tools;
    std::vector<ToolCallText>
        expected;  // arguments may hold {"any_of": [...]} where several values are right
    bool in_order = false;
};

// Form: docs/eval-statistics.md. Errors: kInvalidInput that starts with "<file>:<line>:<column>:"; also for an expected call of
// a tool that is not offered, or with arguments that its schema does not have or lacks.
[[nodiscard]] Result<ToolItem> parse_tool_item(std::string_view text, const std::filesystem::path& file);

struct ToolScore {
    bool passed = false;
    bool malformed = false;  // the arguments of a call are no JSON object
    std::string reason;      // what is wrong with the calls, for a person; empty when passed
};

// Compares structures, not texts: order of members and the form of numbers (3, 3.0, "3" where the schema asks for a number) do
// not matter, nor does white space around texts; more calls, fewer calls, unknown arguments and other values do. Pure.
[[nodiscard]] ToolScore score_calls(const ToolItem& item, const std::vector<ToolCallText>& calls);

}  // namespace hearth::eval
