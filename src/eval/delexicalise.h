#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/result.h"

namespace hearth::eval {

struct CodeFile {
    std::string path;  // relative, with '/'
    std::string content;
    bool executable = false;
};

// A coding task as text.
struct CodeTask {
    std::string language;  // "python", "cpp", "c" or "javascript"
    std::string instructions;
    std::string test_command;
    std::vector<std::string> solution_files;
    std::vector<CodeFile> work;
    std::vector<CodeFile> tests;
    std::vector<CodeFile> solution;
};

struct DelexicalisedTask {
    CodeTask task;
    std::map<std::string, std::string> names;  // old to new
};

// The same task under names that mean nothing: what a model still solves, it has not recalled by name. The words in the identifiers
// that the task's own sources define become nonsense syllables by seed, alike in all files, in the code of the instructions,
// in file names, in the test command. A word gets the same nonsense everywhere and keeps its form (snake_case, CamelCase, CAPITALS).
//
// Kept: keywords, names of the library and of imported modules, single letters, "test" in names that a test runner looks for, strings
// (a name that a string consists of is kept too: it may be looked up), files whose names have a meaning to tools, and prose: of its
// words only those are renamed that can be nothing but names ("read_meter", "total("). A name that the tests ask for and that the
// instructions tell as a plain word alone is kept everywhere; a plain word in their code that is no name of work/ or of the tests is a
// placeholder and stays.
//
// The names are found without a compiler, so a variant counts only when its reference solution passes and its stub fails.
// Errors: kUnsupported for another language; kInvalidInput when there is nothing to rename. Pure: the same seed, the same text.
[[nodiscard]] Result<DelexicalisedTask> delexicalise(const CodeTask& task, std::uint64_t seed);

}  // namespace hearth::eval
