#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "chat/fill.h"
#include "core/result.h"
#include "scaffold/file_edits.h"
#include "scaffold/project.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

// Places where lines may be missing: behind a line of one of the likeliest functions, each as a target with that line. A statement that was
// forgotten is a bug of its own kind, which no rewritten line mends and which a small model copies; a model that was trained to fill in the middle
// writes what is missing when it is shown the gap. Ends of blocks and places before a return come first. Pure.
[[nodiscard]] std::vector<Target> likely_gaps(const Project& project, const std::vector<Target>& targets,
                                              std::size_t most);

// What is asked of the model for a gap: the tests before it, the file up to the gap and some lines behind it. Pure.
[[nodiscard]] chat::FillRequest gap_request(const Project& project, const Target& gap);

// The edit that puts an answer into the gap, cut where its block ends or it begins to repeat what follows.
// Errors: kInvalidInput when nothing is left, or more than a few lines. Pure.
[[nodiscard]] Result<std::vector<FileEdit>> edit_of_gap(std::string_view answer, const Project& project,
                                                        const Target& gap);

}  // namespace hearth::scaffold
