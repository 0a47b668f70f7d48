#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/failure_digest.h"
#include "scaffold/project.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

// What goes in front of a model: all it needs to see, once, so that it never spends turns looking around.

// Instructions that never change, for answers in code blocks.
[[nodiscard]] std::string_view text_system_prompt();

struct PackInput {
    const Project& project;
    std::string_view task;          // the user's words
    std::string_view test_command;  // empty when there is none
    const TestReport& baseline;     // of the untouched project
    const std::vector<Target>& targets;
    std::size_t max_bytes;  // of the whole pack; about 3.2 bytes a token for code
};

// The user's message: the task, texts that it or the code names and a short README, the source files (likeliest first), the tests, what the test command says now. Files that do
// not fit are shown by the signatures of their definitions, with the likeliest definition in full. Deterministic; pure.
[[nodiscard]] std::string build_pack(const PackInput& input);

// The last words before the answer, which tell its form. They differ between candidates; all before them is shared.
enum class AnswerForm : std::uint8_t {
    kWholeFile,      // the whole new content of the target file
    kDefinition,     // just the target definition
    kOneDefinition,  // the one definition of the target file that the model finds wrong
    kLine,           // one line in place of the target's line
    kExplainFirst,   // a sentence on the cause, then the code
    kAnyFiles,       // each changed or new file under its name
};

struct FormText {
    std::string tail;  // behind the last message
    std::string
        opening;  // start of the answer, given to the model (an open code fence); empty for kExplainFirst and kAnyFiles
    std::vector<std::string> stop;  // strings that end the answer
};

[[nodiscard]] FormText form_text(AnswerForm form, const Target& target, const Project& project);

}  // namespace hearth::scaffold
