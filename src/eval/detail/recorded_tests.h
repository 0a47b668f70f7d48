#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/detail/comparisons.h"
#include "eval/detail/constant_draw.h"
#include "eval/detail/recorder.h"
#include "eval/redraw.h"

namespace hearth::eval::detail {

// Replaces the atoms of source text that are drawn, but for those in `kept`. Pure.
[[nodiscard]] std::string with_drawn(std::string_view text, CodeLanguage language, const Draw& draw,
                                     const std::vector<Span>& kept = {});

// The tests of a task, of which it is known where they hold what they compute against a constant.
class RecordedTests {
public:
    struct Known {
        std::size_t file = 0;  // of the task's tests
        Span computed;
        std::string function;        // the first that is called there
        std::vector<Leaf> given;     // constants in it
        std::vector<Leaf> expected;  // may be none: `true`
    };

    // Of some of known(): the new values that are expected.
    using Results = std::map<std::size_t, std::vector<std::string>>;

    // Runs the tests once, as they are, and sees which comparisons hold. Errors: kUnsupported when they cannot be recorded or compare
    // nothing with a constant; those of `run`.
    static Result<RecordedTests> learn(const CodeTask& task, CodeLanguage language, const RunTests& run);

    [[nodiscard]] const std::vector<Known>& known() const { return known_; }

    // What may be drawn anew in the tests: the atoms of files with known comparisons, without labels.
    [[nodiscard]] std::vector<Atom> atoms() const;

    // The tests under a draw, with these results.
    [[nodiscard]] std::vector<CodeFile> tests(const Draw& draw, const Results& results) const;

    // Runs `task`, whose tests are replaced by those under the draw, until they pass with what its solution computes. Empty when they
    // do not come to pass. The results hold what differs from the drawn constants alone. Errors: those of `run`.
    [[nodiscard]] Result<std::optional<Results>> settle(CodeTask task, const Draw& draw,
                                                        const RunTests& run) const;

    // What a constant of a comparison is under a draw.
    [[nodiscard]] std::string drawn_value(const Known& known, const Leaf& leaf, const Draw& draw) const;

private:
    RecordedTests(std::vector<CodeFile> tests, CodeLanguage language)
        : tests_(std::move(tests)), language_(language) {}

    [[nodiscard]] Result<std::map<std::size_t, Recorded>> first_run(const CodeTask& task,
                                                                    const RunTests& run) const;
    [[nodiscard]] std::vector<CodeFile> recording_tests(const Draw& draw, const Results& results) const;
    [[nodiscard]] std::vector<CodeFile> texts_of(const Draw& draw, const Results& results, bool record) const;
    [[nodiscard]] std::string text_of(std::size_t file, const Draw& draw, const Results& results,
                                      bool record) const;

    std::vector<CodeFile> tests_;
    CodeLanguage language_;
    std::vector<Known> known_;  // at first all comparisons that there are
    std::map<std::size_t, std::vector<Span>>
        kept_;  // labels, by file; a file without known comparisons has none
};

}  // namespace hearth::eval::detail
