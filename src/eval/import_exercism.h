#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/task_writer.h"

namespace hearth::eval {

// The lists of an exercise's .meta/config.json.
struct ExerciseFiles {
    std::vector<std::string> solution;
    std::vector<std::string> test;
    std::vector<std::string> example;
    std::vector<std::string>
        editor;  // shown on the track's website beside the solution, and not to be changed
};

// Errors: kInvalidInput when it is not such a file or a path leads out of the exercise. Pure.
[[nodiscard]] Result<ExerciseFiles> parse_exercise_config(std::string_view text);

struct ExercismImport {
    std::filesystem::path checkout;
    std::filesystem::path suite;  // where the tasks are written
    std::string test_command;     // empty: the language's usual one; {tests} are the test files
    std::string prefix;           // before the ids
    std::string licence = "see the checkout";
};

// Practice exercises of a track's checkout (exercises/practice/NAME with .meta/config.json and .docs/instructions.md), or of a
// checkout with such a folder for each language. The solution is the example, tests that are switched off are switched on, and
// tables of cases that tests read from a file beside them are hidden as tests are. An exercise that is there already, or has no
// example, is passed over.
// Errors: kNotFound when there are no exercises; what the file system said.
[[nodiscard]] Result<Imported> import_exercism(const ExercismImport& import);

}  // namespace hearth::eval
