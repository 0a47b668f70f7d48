#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "eval/result_store.h"

namespace hearth::app {

// Where results are kept when nothing is said: eval/results.db in the state folder.
[[nodiscard]] std::filesystem::path results_file(const std::string& given);

// Runs by number; the newest one when none is named. Errors: kNotFound.
[[nodiscard]] Result<std::vector<eval::RunRecord>> chosen_runs(eval::ResultStore& store,
                                                               const std::vector<std::string>& numbers);

}  // namespace hearth::app
