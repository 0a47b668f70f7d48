#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/git_repository.h"
#include "eval/task_writer.h"

namespace hearth::eval {

// One instance in the form of SWE-bench.
struct SweInstance {
    std::string id;
    std::string base_commit;
    std::string problem;
    std::string patch;
    std::string test_patch;
    std::vector<std::string> tests;  // FAIL_TO_PASS, then PASS_TO_PASS
};

// A line for each instance, an array of them, or a single one over several lines; lists in it may be arrays or texts that hold
// one. Errors: kInvalidInput starting with "<file>:<line>:" or "<file>: instance <number>:". Pure.
[[nodiscard]] Result<std::vector<SweInstance>> parse_swe_bench(std::string_view text,
                                                               const std::filesystem::path& file);

struct SweImport {
    std::filesystem::path file;
    std::filesystem::path repository;
    std::filesystem::path suite;
    std::string test_command;  // empty: pytest with the named tests; {tests} are they
    std::string licence = "see the repository";
};

// Each instance as a task: work/ is the base commit, tests/ what the test patch changes, solution/ what the patch changes. An
// instance whose patch does not fit or removes files is passed over.
[[nodiscard]] Result<Imported> import_swe_bench(const SweImport& import);

}  // namespace hearth::eval
