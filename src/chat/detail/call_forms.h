#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "chat/message.h"

namespace hearth::chat::detail {

// The words of the forms in which models write calls out (chat/text_calls.h), and the small steps of reading them.

inline constexpr std::string_view kBlank = " \t\r\n";

// What models were trained to write before a call, where no engine is between them and the reader.
inline constexpr std::array<std::string_view, 8> kTags = {
    "<tool_call>",    "<tool_calls>",        "<function_call>", "<|tool_call|>",
    "<|python_tag|>", "<|tool_call_start|>", "[TOOL_CALLS]",    "<tools>"};
inline constexpr std::string_view kFunctionTag = "<function=";
inline constexpr std::string_view kParameterTag = "<parameter=";
inline constexpr std::string_view kFence = "```";
// Languages of a fence that can hold calls; the ones at its end are never anything else.
inline constexpr std::array<std::string_view, 10> kFenceNames = {
    "", "json", "jsonc", "text", "xml", "tool", "tool_call", "tool_calls", "tool_code", "function_call"};
inline constexpr std::size_t kCallFences = 5;
inline constexpr std::array<std::string_view, 6> kNameKeys = {"name",      "function",      "tool",
                                                              "tool_name", "function_name", "action"};
inline constexpr std::array<std::string_view, 5> kArgumentKeys = {"arguments", "parameters", "args", "input",
                                                                  "action_input"};
inline constexpr std::array<std::string_view, 4> kOtherKeys = {"type", "id", "tool_calls", "function_call"};

inline constexpr std::string_view kOpeners = "<[{`";

// By its name, in whatever case and behind whatever prefix ("functions.weather"). Null when it is none of the tools.
const Tool* tool_named(std::string_view name, const std::vector<Tool>& tools);

// The first place from `at` on that holds none of the characters; the end when there is none.
std::size_t skip(std::string_view text, std::size_t at, std::string_view which);

// The word at the front that can be a tool's name.
std::string_view name_at(std::string_view text);

// The language of the fence at the front, when its line is complete.
std::optional<std::string_view> fence_name(std::string_view text);

// Whether only blanks stand before this place in its line.
bool begins_line(std::string_view text, std::size_t at);

// Whether a call may begin at the front of a text that still grows; `text` is not empty.
bool may_begin_call(std::string_view text, bool line_begins, const std::vector<Tool>& tools);

}  // namespace hearth::chat::detail
