#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "scaffold/failure_digest.h"
#include "scaffold/file_edits.h"
#include "scaffold/project.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

// Lines of the likeliest files that could hold a bug, the likeliest first, each as a target with its line. A small model that is
// shown a whole file copies it, bug included; told that one given line is wrong, it writes another one. So single lines are
// tried in turn: comparisons, arithmetic, indices and shared defaults before calls, the likeliest definition before others. Lines
// that cannot be wrong by themselves (comments, imports, braces, headings of classes) are left out. Pure.
[[nodiscard]] std::vector<Target> suspect_lines(const Project& project, const std::vector<Target>& targets,
                                                const TestReport& report, std::size_t max_lines);

// The edit that puts the code of an answer in the place of the target's line, with that line's indentation.
// Errors: kInvalidInput when the answer holds no code, repeats the line, or is longer than a line's fix would be.
[[nodiscard]] Result<std::vector<FileEdit>> edit_of_line(std::string_view answer, const Project& project,
                                                         const Target& target);

// The text of the target's line, without its indentation; empty when there is none.
[[nodiscard]] std::string_view line_of(const Project& project, const Target& target);

}  // namespace hearth::scaffold
