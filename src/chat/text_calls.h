#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chat/message.h"

namespace hearth::chat {

// Tool calls that a model wrote out as text, where its engine found none. The forms:
//     {"name": …, "arguments": {…}} and lists of them, alone, behind prose, in a fence of JSON or without a language, or in tags (<tool_call>, [TOOL_CALLS], …);
//         "function", "tool", "tool_name" for the name, "parameters", "args", "input" for the arguments, or the API's own nesting;
//     <function=NAME>{…}</function>, and with <parameter=KEY>VALUE</parameter> inside;
//     [NAME(key="value"), …] in brackets or tags, and without brackets in a fence named after calls.
// JSON is read loosely (loose_json.h). Only a call of one of the tools on offer counts, so a text about calls stays a text.

struct TextCalls {
    std::string before;  // the text before the first call, trimmed at its end
    std::vector<ToolCall>
        calls;  // without ids; arguments are strict JSON objects. What stood behind the last one was written without
                // any call's result, and is dropped
};

// `cut`: the text ended at a limit, so a call that breaks off does not count. Without calls `before` is the whole text. Pure.
[[nodiscard]] TextCalls find_text_calls(std::string_view text, const std::vector<Tool>& tools, bool cut);

// For a text that still grows, of which `from` bytes are known to be no call: up to where it can be no part of one, whatever follows.
// Pure; linear in what is behind `from`.
[[nodiscard]] std::size_t certain_text(std::string_view text, std::size_t from,
                                       const std::vector<Tool>& tools);

}  // namespace hearth::chat
