#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "scaffold/project.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

struct FileEdit {
    std::string path;
    std::string content;  // the whole new content
};

// The files that an answer changes, read from its code blocks. A block belongs to the file it names when its code fits there; else
// to the target; else to the source file whose definitions it shares. Code that is part of a file is spliced into it (splice.h).
// New source files are accepted when the block names them. Tests are left alone, and so are blocks in another language (the
// command that runs the tests) and explanations.
// Errors: kInvalidInput with what is wrong, in words for a model: no code, code of no file here, nothing changed.
// Pure.
[[nodiscard]] Result<std::vector<FileEdit>> edits_from_answer(std::string_view answer, const Project& project,
                                                              const Target& target);

}  // namespace hearth::scaffold
