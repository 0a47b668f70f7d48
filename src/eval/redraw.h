#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "eval/delexicalise.h"

namespace hearth::eval {

// One run of a task's tests over its work/ with its solution laid over it.
struct TestRun {
    bool passed = false;
    std::string record;  // what the file kRecordFile holds afterwards
};

using RunTests = std::function<Result<TestRun>(const CodeTask& task)>;

struct ChangedConstant {
    std::string before;
    std::string after;
    bool specification =
        false;  // of instructions, solution and tests; else only of what tests and examples give
};

struct RedrawnTask {
    CodeTask task;
    std::vector<ChangedConstant> constants;
};

// The same task with other constants: what a model still solves, it has not recalled by value. Numbers and words in strings are drawn
// anew by seed, each alike wherever it stands:
//   - those that only tests and examples give (an input): in the tests; in examples of the instructions where a comparison of the
//     tests proves the example, or where no expected value changed but by the same drawing;
//   - those that instructions, solution and tests have in common (a threshold, a word that is returned): in all of them and in work/,
//     when the old solution then fails, and no example is left that the change could have made wrong.
// Values that the tests expect are never guessed: the solution runs in a copy of the tests that records what it computed, and that
// is written where the test compares it with a constant (detail/comparisons.h). Drawn constants with which the tests cannot pass are taken
// back, by halves. Kept: 0, 1 and 2, indices, labels, names, numbers of the solution that the instructions do not tell, and their
// neighbours.
//
// Nothing here says that the untouched workspace fails, or that the tests pass twice: that is check.h's.
// Errors: kUnsupported for another language, for tests that cannot be recorded, and when nothing can be drawn anew; those of `run`.
[[nodiscard]] Result<RedrawnTask> redraw_constants(const CodeTask& task, std::uint64_t seed,
                                                   const RunTests& run);

}  // namespace hearth::eval
