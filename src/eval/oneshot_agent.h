#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "eval/agent.h"

namespace hearth::eval {

// The plainest client there is, as a base line: the task and its files in one request, the answer's code blocks are the new
// files; in a later try the test output follows in the same conversation. Of a tool-use item it gives the model the tools and
// takes the calls that come back, also those written out as text (chat/text_calls.h); what only looks like one is malformed.
[[nodiscard]] std::unique_ptr<Agent> make_oneshot_agent();

// Files of a workspace by path.
using FileTexts = std::map<std::string, std::string>;

// The first request: the prompt, the files, and in which form to answer. Pure.
[[nodiscard]] std::string oneshot_prompt(const Task& task, std::string_view prompt, const FileTexts& files);

// The new files that an answer holds: blocks that name a file which may be changed, or one block where only one file may.
// Errors: kInvalidInput in words when there is none. Pure.
[[nodiscard]] Result<FileTexts> oneshot_files(const Task& task, std::string_view answer,
                                              const FileTexts& files);

}  // namespace hearth::eval
